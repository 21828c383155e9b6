import {
  type Alert,
  type AlertId,
  type Endpoint,
  type FieldValue,
  type Incident,
  type IpAddress,
  type NodeRef,
  type PlaybookField,
  type PlaybookFieldInfo,
  type PlaybookTrigger,
  type Policy,
  playbookFieldTable,
  type Severity,
} from "../../core/index.ts"
import type { Schema } from "../../filter/index.ts"

/** What sets a playbook off. */
export interface Occasion {
  readonly kind: PlaybookTrigger["kind"]
  readonly severity: Severity
  readonly at: number
  readonly attacker: IpAddress | null
  readonly nodes: readonly NodeRef[]
  /** The incident, or the one that the alert belongs to. */
  readonly incident: Incident | null
  readonly alert: Alert | null
  readonly policy: Policy | null
  /** What the policy counted, or the alert itself. */
  readonly alerts: readonly AlertId[]
}

type Kind = PlaybookTrigger["kind"]

const fields = new Map<string, PlaybookFieldInfo>(Object.entries(playbookFieldTable))

/** What a condition can ask of an occasion of this kind. */
export const playbookSchema: Readonly<Record<Kind, Schema<Occasion>>> = {
  alert: schemaOf("alert"),
  policy: schemaOf("policy"),
  incident: schemaOf("incident"),
}

function schemaOf(kind: Kind): Schema<Occasion> {
  return {
    fields: new Map([...fields].filter(([, { of }]) => of.includes(kind))),
    // The cast holds: the language asks for fields of the schema alone.
    reader: (field) => {
      const read = readers[field as PlaybookField]
      return (occasion) => read?.(occasion) ?? undefined
    },
  }
}

type Read = (occasion: Occasion) => FieldValue | null | undefined

const ofAlert =
  (read: (alert: Alert) => FieldValue | null): Read =>
  ({ alert }) =>
    alert && read(alert)
const ofIncident =
  (read: (incident: Incident) => FieldValue | null): Read =>
  ({ incident }) =>
    incident && read(incident)
const ofNode =
  (read: (node: NodeRef) => string): Read =>
  ({ nodes: [node] }) =>
    node && read(node)
const known = <T>(values: readonly (T | null)[]): readonly T[] => [...new Set(values.filter((value) => value !== null))]
const port = ({ port: number }: Endpoint) => number

const readers: Readonly<Record<PlaybookField, Read>> = {
  severity: ({ severity }) => severity,
  attacker: ({ attacker }) => attacker,
  time: ({ at }) => at,
  title: ({ alert, incident }) => alert?.title ?? incident?.title,
  score: ({ alert, incident }) => alert?.score ?? incident?.score,
  rules: ofAlert(({ contributions }) => contributions.map(({ rule }) => rule)),
  classtype: ofAlert(({ classtype }) => classtype),
  intent: ofAlert(({ intent }) => intent),
  tactic: ofAlert(({ tactic }) => tactic),
  technique: ofAlert(({ technique }) => technique),
  sensor: ofAlert(({ sensor }) => sensor),
  direction: ofAlert(({ direction }) => direction),
  summary: ofAlert(({ evidence }) => evidence.summary),
  "source.address": ofAlert(({ source }) => source.address),
  "source.port": ofAlert(({ source }) => port(source)),
  "destination.address": ofAlert(({ destination }) => destination.address),
  "destination.port": ofAlert(({ destination }) => port(destination)),
  "node.id": ofNode(({ id }) => id),
  "node.name": ofNode(({ name }) => name),
  "node.kind": ofNode(({ kind }) => kind),
  "policy.name": ({ policy }) => policy?.name,
  "policy.mode": ({ policy }) => policy?.mode,
  alerts: ({ alerts }) => alerts.length,
  "incident.rule": ofIncident(({ rule }) => rule),
  "incident.status": ofIncident(({ status }) => status),
  "incident.stages": ofIncident(({ stages }) => stages.length),
  "incident.complete": ofIncident(({ complete }) => complete),
  "incident.intents": ofIncident(({ stages }) => known(stages.map(({ intent }) => intent))),
  "incident.tactics": ofIncident(({ stages }) => known(stages.map(({ tactic }) => tactic))),
  "incident.nodes": ofIncident(({ nodes }) => nodes.map(({ id }) => id)),
}
