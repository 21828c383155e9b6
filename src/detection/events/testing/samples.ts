import {
  address,
  type EventField,
  type EventFields,
  type EventObservation,
  type FieldValue,
  nodeId,
  observationId,
} from "../../../core/index.ts"
import { type EventRule, parseEventRules } from "../index.ts"

export const noon = Date.parse("2025-06-30T12:00:00Z")

export type Values = Partial<Record<EventField, FieldValue>>

/** An event with these fields, as a sensor gives it. */
export function eventOf(values: Values, at = noon): EventObservation {
  const destination = values["connection.dst_addr"]
  const outbound = typeof destination === "string"
  // The cast holds: the keys are those of the parameter's type.
  const fields = new Map(Object.entries(values)) as EventFields
  return {
    kind: "event",
    id: observationId.parse("obs_0"),
    at,
    sensor: "test",
    node: { id: nodeId.parse("web-1"), kind: "host", name: "web-1" },
    direction: outbound ? "outbound" : "inbound",
    source: { address: address(String(values["connection.src_addr"] ?? "0.0.0.0")), port: 0 },
    destination: { address: address(outbound ? destination : "0.0.0.0"), port: 0 },
    origin: null,
    fields,
    raw: "the record",
  }
}

/** The one rule of a text that has its lines; what it leaves out is filled in. */
export function ruleOf(lines: readonly string[]): EventRule {
  const given = new Set(lines.map((line) => /^\w+/.exec(line)?.[0]))
  const defaults = [
    "id: test/rule",
    "name: A rule",
    "title: 'It was {{exe}}'",
    "description: 'By {{user}}'",
    "filter: exe exists",
    "severity: high",
    "classtype: policy-violation",
    "intent: installation",
  ].filter((line) => !given.has(/^\w+/.exec(line)?.[0]))
  const parsed = parseEventRules(`rules:\n  - ${[...defaults, ...lines].join("\n    ")}\n`, "test.yaml")
  if (parsed.kind === "ok" && parsed.value[0] !== undefined) return parsed.value[0]
  throw new Error(JSON.stringify(parsed))
}
