import { compile } from "./compile.ts"
import type { Expression } from "./expression.ts"
import { limits } from "./limits.ts"
import { parse } from "./parse.ts"
import { print } from "./print.ts"
import { createProblems, type FilterProblem } from "./problem.ts"
import type { Schema } from "./schema.ts"
import { sentence } from "./sentence.ts"
import { tokenize } from "./tokenize.ts"
import { why } from "./why.ts"
import { whyNot } from "./why-not.ts"

/** A filter that was read and checked, and is ready to run. */
export interface Filter<R> {
  readonly expression: Expression
  /** The canonical text. */
  readonly text: string
  /** English, without a full stop. */
  readonly sentence: string
  matches(record: R): boolean
  /** What would have to be otherwise for a record to match; empty when it does. */
  whyNot(record: R): readonly string[]
  /** What of it makes a record match; empty when it does not. */
  why(record: R): readonly string[]
}

export type ParsedFilter<R> =
  | { readonly kind: "ok"; readonly filter: Filter<R> }
  | { readonly kind: "bad"; readonly problems: readonly FilterProblem[] }

/**
 * Reads a filter and checks it against a schema; everything that is wrong is told at once, and nothing is ever thrown.
 *
 * A comparison speaks of a value that is there: when the record has no such field it does not hold, `!=` and `not in` included. So
 * `connection.dst_addr != "127.0.0.0/8"` finds connections to elsewhere, and not what has no destination at all; who wants those too
 * writes `not connection.dst_addr = "127.0.0.0/8"`, or adds `or connection.dst_addr not exists`.
 * Of a field with several values one has to be so, and for a negated operator (`!=`, `not in`, `not like`, …) none may be.
 * @example parseFilter('exe ends_with "/nc" and connection.dst_addr != "10.0.0.0/8"', schema)
 */
export function parseFilter<R>(text: string, schema: Schema<R>, file = "filter"): ParsedFilter<R> {
  const problems = createProblems(text.slice(0, limits.textLength), file)
  const bad = (): ParsedFilter<R> => ({ kind: "bad", problems: problems.list() })
  if (text.length > limits.textLength) {
    problems.report(
      { at: 0, end: 0 },
      { code: "FILTER_TOO_LARGE", message: `a filter has at most ${limits.textLength} characters, not ${text.length}` },
    )
    return bad()
  }
  const expression = parse(tokenize(text, problems.report), problems.report)
  const matches = compile(expression, schema, problems.report)
  if (problems.list().length > 0) return bad()
  return {
    kind: "ok",
    filter: {
      expression,
      text: print(expression),
      sentence: sentence(expression, schema.fields),
      matches,
      whyNot: (record) => whyNot(expression, schema, record),
      why: (record) => why(expression, schema, record),
    },
  }
}
