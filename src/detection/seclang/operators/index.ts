import { ipMatch } from "./ip-match.ts"
import { eq, ge, gt, le, lt } from "./numbers.ts"
import type { OperatorFactory } from "./operator.ts"
import { pm, pmFromFile } from "./pm.ts"
import { rx } from "./rx.ts"
import { beginsWith, contains, endsWith, noMatch, streq, unconditionalMatch, within } from "./strings.ts"

/** Every operator by its name without the `@`, in lower case. */
export const operators: ReadonlyMap<string, OperatorFactory> = new Map<string, OperatorFactory>([
  ["rx", rx],
  ["pm", pm],
  ["pmfromfile", pmFromFile],
  ["pmf", pmFromFile],
  ["contains", contains],
  ["beginswith", beginsWith],
  ["endswith", endsWith],
  ["streq", streq],
  ["within", within],
  ["unconditionalmatch", unconditionalMatch],
  ["nomatch", noMatch],
  ["eq", eq],
  ["ge", ge],
  ["gt", gt],
  ["le", le],
  ["lt", lt],
  ["ipmatch", ipMatch],
])
