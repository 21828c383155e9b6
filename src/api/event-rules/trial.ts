import { setImmediate } from "node:timers/promises"
import type { Diagnostic, EventObservation, Ids } from "../../core/index.ts"
import {
  createEventEvaluator,
  type EventRule,
  eventRuleSentence,
  eventSchema,
  parseEventRules,
} from "../../detection/index.ts"
import { type FilterProblem, parseFilter } from "../../filter/index.ts"
import { type EventTrial, maxTriedRecords, type NewEventTrial } from "../contract/index.ts"
import { Refusal } from "../errors.ts"

/** Records read out of a text. */
export interface ReadRecords {
  readonly events: readonly EventObservation[]
  readonly unread: readonly { readonly line: number; readonly reason: string }[]
}

type Bad = Extract<EventTrial, { readonly kind: "bad" }>
type Record = Extract<EventTrial, { readonly kind: "ok" }>["records"][number]
type Judge = (event: EventObservation) => Record["judgements"]

// Each is held against every record, with reasons.
const maxRules = 20
// What a person reads in a line.
const maxSummary = 200
const maxUnread = 100
const recordsAtOnce = 10

/** Holds records against a filter or rules that run nowhere; tells of each why. */
export async function tryOut(wish: NewEventTrial, read: ReadRecords, ids: Ids): Promise<EventTrial> {
  const { events, unread } = read
  const trial = wish.rules === undefined ? ofFilter(wish.filter ?? "") : ofRules(wish.rules, ids)
  if (trial.kind === "bad") return trial
  const records: Record[] = []
  for (const event of events.slice(0, maxTriedRecords)) {
    records.push({
      line: event.origin?.line ?? 0,
      at: event.at,
      node: event.node.name,
      summary: event.raw.slice(0, maxSummary),
      judgements: trial.judge(event),
    })
    // The same thread answers everybody else.
    if (records.length % recordsAtOnce === 0) await setImmediate()
  }
  const isMatch = ({ judgements }: Record) => judgements.some(({ outcome }) => outcome !== "no match")
  return {
    kind: "ok",
    sentences: trial.sentences,
    records,
    matched: records.filter(isMatch).length,
    leftOut: events.length - records.length,
    unread: unread.slice(0, maxUnread).map(({ line, reason }) => ({ line, reason })),
  }
}

interface Trial {
  readonly kind: "ok"
  readonly sentences: string[]
  readonly judge: Judge
}

function ofFilter(text: string): Trial | Bad {
  const parsed = parseFilter(text, eventSchema)
  if (parsed.kind === "bad") return { kind: "bad", problems: parsed.problems.map(shownProblem) }
  const { filter } = parsed
  return {
    kind: "ok",
    sentences: [`It matches when ${filter.sentence}.`],
    judge: ({ fields }) => {
      const isMatch = filter.matches(fields)
      const because = [...(isMatch ? filter.why(fields) : filter.whyNot(fields))]
      return [{ rule: null, outcome: isMatch ? "match" : "no match", because, title: null, description: null }]
    },
  }
}

function ofRules(text: string, ids: Ids): Trial | Bad {
  const parsed = parseEventRules(text, "rules")
  if (parsed.kind === "bad") return { kind: "bad", problems: parsed.diagnostics.map(shownProblem) }
  if (parsed.value.length > maxRules)
    throw new Refusal(
      400,
      "INVALID",
      `${maxRules} rules are tried at once at most, and these are ${parsed.value.length}`,
    )
  // One that is off is tried too: somebody writes on it.
  const rules = parsed.value.map((rule) => ({ ...rule, enabled: true }))
  const evaluator = createEventEvaluator({ ids, rules })
  const whyOf = new Map(rules.map((rule) => [rule.id, whyOfRule(rule)]))
  return {
    kind: "ok",
    sentences: rules.map(eventRuleSentence),
    judge: (event) =>
      evaluator.judge(event).map(({ rule, outcome, why, alert }) => ({
        rule,
        outcome,
        because: [...(whyOf.get(rule)?.(event) ?? []), ...why],
        title: alert?.title ?? null,
        description: alert?.evidence.summary ?? null,
      })),
  }
}

/** What makes an event match a rule's filter. */
function whyOfRule({ filter: text }: EventRule): (event: EventObservation) => readonly string[] {
  const parsed = parseFilter(text, eventSchema)
  return ({ fields }) => (parsed.kind === "ok" ? parsed.filter.why(fields) : [])
}

function shownProblem(problem: Diagnostic | FilterProblem): Bad["problems"][number] {
  const { code, message, line, column } = problem
  const inText = "offset" in problem ? problem : { offset: null, length: null, suggestion: null }
  return { code, message, line, column, offset: inText.offset, length: inText.length, suggestion: inText.suggestion }
}
