/** A filter as it was read, for those who look into it. */
export type { Comparison, Expression, Literal, OperatorName } from "./expression.ts"
export { operatorNames } from "./expression.ts"
export type { Filter, ParsedFilter } from "./filter.ts"
/** Reads and checks a filter of the event query language; gives a program, or everything that is wrong with it. */
export { parseFilter } from "./filter.ts"
/** How large a filter may be. */
export { limits as filterLimits } from "./limits.ts"
/** The word nearest to a mistyped one. */
export { nearest } from "./nearest.ts"
export type { FilterProblem, ProblemCode } from "./problem.ts"
export type { Schema } from "./schema.ts"
