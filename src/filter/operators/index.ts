import type { OperatorName } from "../expression.ts"
import { equal, within } from "./equal.ts"
import { exists } from "./exists.ts"
import { like } from "./like.ts"
import { matches } from "./matches.ts"
import type { Operator } from "./operator.ts"
import { atLeast, atMost, less, more } from "./order.ts"
import { contains, endsWith, startsWith } from "./parts.ts"

export type { Operator, ScalarTest } from "./operator.ts"

/** Every operator by its name. */
export const operators: Readonly<Record<OperatorName, Operator>> = {
  "=": equal,
  "<": less,
  "<=": atMost,
  ">": more,
  ">=": atLeast,
  in: within,
  like,
  starts_with: startsWith,
  ends_with: endsWith,
  contains,
  matches,
  exists,
}
