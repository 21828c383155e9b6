import {
  type Alert,
  type AlertId,
  type EventField,
  type IpAddress,
  isEventField,
  type Match,
} from "../../core/index.ts"
import type { Expression } from "../../filter/index.ts"
import type { CompiledRule } from "./compiled-rule.ts"
import { type JudgedObservation, recordOf, type Subject } from "./subject.ts"
import { shown } from "./template.ts"

// What an analyst reads.
const maxSummary = 500
const maxTitle = 500
const maxMatches = 20

/** The alert that a rule raises at an event. */
export function alertOfEvent(compiled: CompiledRule, subject: Subject, id: AlertId): Alert {
  const { rule, title, description } = compiled
  const { severity, classtype, intent, tactic, technique } = rule
  const { at, sensor, node, direction, source, destination, origin } = subject.observation
  const { count } = rule.threshold
  return {
    id,
    at,
    observation: subject.observation.id,
    sensor,
    node,
    direction,
    source,
    destination,
    attacker: farEnd(subject.observation),
    title: title.render(subject.fields).slice(0, maxTitle),
    severity,
    classtype,
    intent,
    tactic,
    technique,
    score: count,
    threshold: count,
    contributions: [
      { rule: rule.id, message: rule.name, severity, score: count, tags: [], matches: matchesOf(compiled, subject) },
    ],
    evidence: {
      summary: description.render(subject.fields).slice(0, maxSummary),
      ...recordOf(subject.observation),
    },
    origin,
    masked: false,
  }
}

function farEnd({ direction, source, destination }: JudgedObservation): IpAddress {
  return direction === "inbound" ? source.address : destination.address
}

/** The values that the filter looked at, and those that the title tells. */
function matchesOf({ filter, title }: CompiledRule, { fields }: Subject): readonly Match[] {
  const names = new Set<EventField>([...fieldsOf(filter.expression), ...title.fields])
  return [...names]
    .map((name) => ({ name, value: shown(fields, name) }))
    .filter(({ value }) => value !== "unknown")
    .slice(0, maxMatches)
    .map(({ name, value }) => ({ variable: name, value, offset: 0, length: value.length }))
}

function fieldsOf(expression: Expression): readonly EventField[] {
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.parts.flatMap(fieldsOf)
    case "not":
      return fieldsOf(expression.part)
    case "compare":
      return isEventField(expression.field.name) ? [expression.field.name] : []
    case "broken":
      return []
  }
}
