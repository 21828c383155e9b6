import { intents, severities, tactics } from "./attack.ts"
import type { FieldInfo } from "./field.ts"
import { incidentStatuses } from "./incident.ts"
import { nodeKinds } from "./node.ts"
import type { PlaybookTrigger } from "./playbook.ts"

export interface PlaybookFieldInfo extends FieldInfo {
  /** What sets a playbook off and has it. */
  readonly of: readonly PlaybookTrigger["kind"][]
  /** For the reference: what stands there. */
  readonly about: string
}

const all = ["alert", "policy", "incident"] as const
const alerts = ["alert"] as const
const incidents = ["policy", "incident"] as const
const onNode = ["alert", "policy"] as const

/** What the conditions of a playbook can ask. */
export const playbookFieldTable = {
  severity: { type: "string", values: severities, of: all, label: "severity", about: "of the alert or incident" },
  attacker: { type: "address", of: all, label: "attacker", about: "whom it blames; a policy on nodes has none" },
  time: { type: "time", of: all, label: "time", about: "when it happened, or was seen last" },
  title: { type: "string", of: ["alert", "incident"], label: "title", about: "" },
  score: { type: "number", of: ["alert", "incident"], label: "score", about: "" },

  rules: { type: "string", list: true, of: alerts, label: "rules", about: "ids of all rules that contributed" },
  classtype: { type: "string", of: alerts, label: "classtype", about: "the kind of attack" },
  intent: { type: "string", values: intents, of: alerts, label: "intent", about: "the attacker's purpose" },
  tactic: { type: "string", values: Object.keys(tactics), of: alerts, label: "tactic", about: "MITRE ATT&CK" },
  technique: { type: "string", of: alerts, label: "technique", about: "MITRE ATT&CK" },
  sensor: { type: "string", of: alerts, label: "sensor", about: "which one saw it" },
  direction: {
    type: "string",
    values: ["inbound", "outbound"],
    of: alerts,
    label: "direction",
    about: "seen from the node",
  },
  summary: { type: "string", of: alerts, label: "summary", about: "what was seen, in a line" },
  "source.address": { type: "address", of: alerts, label: "source address", about: "who opened the connection" },
  "source.port": { type: "number", of: alerts, label: "source port", about: "" },
  "destination.address": { type: "address", of: alerts, label: "destination address", about: "who accepted it" },
  "destination.port": { type: "number", of: alerts, label: "destination port", about: "" },
  "node.id": { type: "string", of: onNode, label: "node", about: "its id" },
  "node.name": { type: "string", of: onNode, label: "node name", about: "" },
  "node.kind": { type: "string", values: nodeKinds, of: onNode, label: "kind of node", about: "" },

  "policy.name": { type: "string", of: ["policy"], label: "policy name", about: "" },
  "policy.mode": {
    type: "string",
    values: ["automatic", "interactive", "monitor"],
    of: ["policy"],
    label: "mode of the policy",
    about: "",
  },
  alerts: { type: "number", of: ["policy"], label: "number of alerts", about: "those that the policy counted" },
  "incident.rule": { type: "string", of: incidents, label: "intent rule", about: "that recognised the incident" },
  "incident.status": {
    type: "string",
    values: incidentStatuses,
    of: incidents,
    label: "status of the incident",
    about: "",
  },
  "incident.stages": { type: "number", of: incidents, label: "number of stages", about: "those seen so far" },
  "incident.complete": { type: "boolean", of: incidents, label: "whole chain", about: "every stage was seen" },
  "incident.intents": { type: "string", list: true, of: incidents, label: "intents", about: "of its stages" },
  "incident.tactics": { type: "string", list: true, of: incidents, label: "tactics", about: "of its stages" },
  "incident.nodes": { type: "string", list: true, of: incidents, label: "nodes", about: "their ids" },
} as const satisfies Readonly<Record<string, PlaybookFieldInfo>>

export type PlaybookField = keyof typeof playbookFieldTable
