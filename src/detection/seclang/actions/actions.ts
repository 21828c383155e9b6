import type { ActionDefinition } from "./action.ts"
import { ctl } from "./ctl.ts"
import { disruptive } from "./disruptive.ts"
import { expirevar } from "./expirevar.ts"
import { flow } from "./flow.ts"
import { openers } from "./initcol.ts"
import { logging } from "./logging.ts"
import { metadata } from "./metadata.ts"
import { setenv } from "./setenv.ts"
import { setvar } from "./setvar.ts"
import { transformation } from "./transformation.ts"

/** Every action that rules may have. */
export const actions: readonly ActionDefinition[] = [
  ...metadata,
  ...disruptive,
  ...flow,
  ...logging,
  ...openers,
  ctl,
  expirevar,
  setenv,
  setvar,
  transformation,
]

/** ModSecurity has these and Thwart does not; a rule that has one is refused. */
export const unsupportedActions: ReadonlyMap<string, string> = new Map([
  ["append", "answers are not rewritten"],
  ["deprecatevar", "variables do not fade"],
  ["exec", "no program is run"],
  ["pause", "requests are not held up"],
  ["prepend", "answers are not rewritten"],
  ["xmlns", "paths into XML are `/*` and `//@*` alone"],
])
