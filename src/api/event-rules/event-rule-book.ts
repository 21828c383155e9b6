import { type EventType, type Ids, ThwartError } from "../../core/index.ts"
import { type CheckedEventRules, cloneEventRule, type EventRule, eventRuleSentence } from "../../detection/index.ts"
import { createGate } from "../auth/turns.ts"
import type { EventRules, EventTrial, NewEventTrial } from "../contract/index.ts"
import { Refusal } from "../errors.ts"
import type { RuleBook } from "../rules/rule-book.ts"
import { type ReadRecords, tryOut } from "./trial.ts"

/** The rules over records that there are, and a place to try others. */
export interface EventRuleBook {
  list(): Promise<EventRules>
  /** YAML of the rule under another id; throws THWART_NOT_FOUND, and THWART_USAGE for an id that can't be. */
  clone(id: string, as: string): string
  /** Nothing is stored or remembered. */
  try(wish: NewEventTrial): Promise<EventTrial>
}

export interface EventRuleBookDeps {
  readonly ids: Ids
  /** All of the files, also those that are off in them. */
  readonly loaded: Pick<CheckedEventRules, "rules" | "places">
  readonly states: Pick<RuleBook, "states">
  readonly read: (format: EventType, text: string) => Promise<ReadRecords>
}

export function createEventRuleBook({ ids, loaded, states, read }: EventRuleBookDeps): EventRuleBook {
  const { rules, places } = loaded
  // Reasons are told for each record: a second of the thread that answers everybody, at most.
  const gate = createGate({ atOnce: 1, waiting: 4 })
  return {
    list: async () => {
      const now = states.states()
      return { items: rules.map((rule) => ({ ...shown(rule), ...placeOf(rule), state: now.get(rule.id) ?? null })) }
    },
    clone: (id, as) => {
      const rule = rules.find((one) => one.id === id)
      if (rule === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no event rule ${id}`)
      if (rules.some((one) => one.id === as))
        throw new ThwartError("THWART_USAGE", `there is an event rule ${as} already; give the copy another id`)
      const cloned = cloneEventRule(rule, as)
      if (cloned.kind === "ok") return cloned.value
      throw new ThwartError("THWART_USAGE", cloned.diagnostics.map(({ message }) => message).join("; "))
    },
    try: async (wish) => {
      const found = await gate(async () => tryOut(wish, await read(wish.format, wish.records), ids))
      if (found === undefined) throw new Refusal(503, "BUSY", "others are trying rules; try again in a moment")
      return found
    },
  }

  function placeOf({ id }: EventRule) {
    return places.get(id) ?? { file: "", line: 0 }
  }
}

function shown(rule: EventRule) {
  const { id, name, title, description, filter, severity, classtype, intent, technique, sources, enabled } = rule
  const sentence = eventRuleSentence(rule)
  const told = { id, name, sentence, title, description, filter, severity, classtype, intent, technique, enabled }
  return { ...told, sources: [...sources] }
}
