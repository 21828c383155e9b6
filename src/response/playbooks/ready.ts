import type { Playbook } from "../../core/index.ts"
import { type Filter, parseFilter } from "../../filter/index.ts"
import { type Occasion, playbookSchema } from "./occasion.ts"

/** A playbook whose conditions are ready to be asked. */
export interface ReadyPlaybook {
  readonly playbook: Playbook
  readonly when: Condition
  /** One for each step. */
  readonly conditions: readonly Condition[]
}

export interface Condition {
  holds(occasion: Occasion): boolean
  /** What would have to be otherwise, as one sentence; undefined when it holds. */
  whyNot(occasion: Occasion): string | undefined
}

export function readyPlaybook(playbook: Playbook): ReadyPlaybook {
  const condition = (text: string | null) => conditionOf(text, playbook)
  return { playbook, when: condition(playbook.when), conditions: playbook.steps.map(({ when }) => condition(when)) }
}

const always: Condition = { holds: () => true, whyNot: () => undefined }

/** One that can't be read never holds: a playbook in the store may have been written by another version. */
function conditionOf(text: string | null, { on }: Playbook): Condition {
  if (text === null) return always
  const parsed = parseFilter(text, playbookSchema[on.kind])
  if (parsed.kind === "ok") return askable(parsed.filter)
  return { holds: () => false, whyNot: () => `its condition can't be read: ${parsed.problems[0]?.message ?? text}` }
}

function askable(filter: Filter<Occasion>): Condition {
  return {
    holds: (occasion) => filter.matches(occasion),
    whyNot: (occasion) =>
      filter.matches(occasion) ? undefined : `its condition does not hold: ${filter.whyNot(occasion).join("; ")}`,
  }
}
