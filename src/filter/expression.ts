import type { Span } from "./problem.ts"

/** What a comparison does; `!=` is `=` and `not in` is `in`, negated. */
export const operatorNames = [
  "=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "like",
  "starts_with",
  "ends_with",
  "contains",
  "matches",
  "exists",
] as const
export type OperatorName = (typeof operatorNames)[number]

export interface Literal extends Span {
  readonly value: string | number | boolean
}

export interface Comparison extends Span {
  readonly kind: "compare"
  readonly field: { readonly name: string } & Span
  readonly operator: OperatorName
  readonly negated: boolean
  readonly values: readonly Literal[]
}

/** A filter as it was read. `and` within `and` and `or` within `or` are one list; `broken` stands where it could not be read. */
export type Expression =
  | { readonly kind: "and" | "or"; readonly parts: readonly Expression[] }
  | { readonly kind: "not"; readonly part: Expression }
  | Comparison
  | { readonly kind: "broken" }

export const broken: Expression = { kind: "broken" }
