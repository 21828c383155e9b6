import type { Alert } from "./alert.ts"
import { intents, severities, tactics } from "./attack.ts"
import type { FieldInfo, FieldValue } from "./field.ts"
import { nodeKinds } from "./node.ts"
import { direction } from "./observation.ts"

export interface AlertFieldDescription extends FieldInfo {
  readonly about: string
}

interface AlertFieldInfo extends AlertFieldDescription {
  readonly read: (alert: Alert) => FieldValue | undefined
}

/** What can be asked of an alert, and where it stands in it. */
const table = {
  time: { type: "time", label: "time", about: "when it happened", read: ({ at }) => at },
  sensor: { type: "string", label: "sensor", about: "the sensor that saw it", read: ({ sensor }) => sensor },
  node: { type: "string", label: "node", about: "the id of the node that it happened on", read: ({ node }) => node.id },
  "node.name": { type: "string", label: "node's name", about: "the node's name", read: ({ node }) => node.name },
  "node.kind": {
    ...{ type: "string", label: "node's kind", about: "what the node is", values: nodeKinds },
    read: ({ node }) => node.kind,
  },
  "node.image": {
    ...{ type: "string", label: "node's image", about: "the image that a container runs, where it is known" },
    read: ({ node }) => node.image,
  },
  direction: {
    ...{ type: "string", label: "direction", about: "seen from the node", values: direction.options },
    read: (alert) => alert.direction,
  },
  "source.address": {
    ...{ type: "address", label: "source address", about: "who opened the connection" },
    read: ({ source }) => source.address,
  },
  "source.port": {
    ...{ type: "number", label: "source port", about: "its port" },
    read: ({ source }) => source.port,
  },
  "destination.address": {
    ...{ type: "address", label: "destination address", about: "who accepted the connection" },
    read: ({ destination }) => destination.address,
  },
  "destination.port": {
    ...{ type: "number", label: "destination port", about: "its port" },
    read: ({ destination }) => destination.port,
  },
  attacker: {
    ...{ type: "address", label: "attacker", about: "whom to blame and block: the far end, or who caused it" },
    read: ({ attacker }) => attacker,
  },
  title: { type: "string", label: "title", about: "what was found, in words", read: ({ title }) => title },
  summary: {
    ...{ type: "string", label: "summary", about: "the observation in one line" },
    read: ({ evidence }) => evidence.summary,
  },
  severity: {
    ...{ type: "string", label: "severity", about: "how grave it is", values: severities },
    read: ({ severity }) => severity,
  },
  classtype: {
    ...{ type: "string", label: "classtype", about: "the kind of attack" },
    read: ({ classtype }) => classtype,
  },
  intent: {
    ...{ type: "string", label: "intent", about: "the attacker's purpose", values: intents },
    read: ({ intent }) => intent,
  },
  tactic: {
    ...{ type: "string", label: "tactic", about: "MITRE ATT&CK tactic, by its id", values: Object.keys(tactics) },
    read: ({ tactic }) => tactic ?? undefined,
  },
  technique: {
    ...{ type: "string", label: "technique", about: "MITRE ATT&CK technique, by its id" },
    read: ({ technique }) => technique ?? undefined,
  },
  score: { type: "number", label: "score", about: "what its rules added up to", read: ({ score }) => score },
  rules: {
    ...{ type: "string", list: true, label: "rules", about: "the ids of the rules that contributed" },
    read: ({ contributions }) => contributions.map(({ rule }) => rule),
  },
  tags: {
    ...{ type: "string", list: true, label: "tags", about: "the tags of those rules" },
    read: ({ contributions }) => contributions.flatMap(({ tags }) => tags),
  },
  messages: {
    ...{ type: "string", list: true, label: "messages", about: "the messages of those rules" },
    read: ({ contributions }) => contributions.map(({ message }) => message),
  },
} as const satisfies Readonly<Record<string, AlertFieldInfo>>

export type AlertField = keyof typeof table

/** Every field of an alert that a filter can ask for, in the order of the reference. */
// The cast holds: the table is made of such.
export const alertFields = new Map(Object.entries(table)) as ReadonlyMap<AlertField, AlertFieldDescription>

// The cast holds: membership is what is asked.
export const isAlertField = (name: string): name is AlertField => alertFields.has(name as AlertField)

/** The value of a field; undefined where the alert has none. */
export function alertValue(alert: Alert, name: AlertField): FieldValue | undefined {
  return table[name].read(alert)
}
