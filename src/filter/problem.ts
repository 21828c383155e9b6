import type { Diagnostic } from "../core/index.ts"
import { limits } from "./limits.ts"

export type ProblemCode =
  | "FILTER_SYNTAX"
  | "FILTER_TOO_LARGE"
  | "FILTER_UNKNOWN_FIELD"
  | "FILTER_UNKNOWN_OPERATOR"
  | "FILTER_TYPE"
  | "FILTER_VALUE"

/** Where something stands in a text, in characters from its start. */
export interface Span {
  readonly at: number
  readonly end: number
}

/** One thing wrong in a filter. `offset` and `length` mark it in the text; `suggestion` is what may have been meant. */
export interface FilterProblem extends Diagnostic {
  readonly code: ProblemCode
  readonly offset: number
  readonly length: number
  readonly suggestion: string | null
}

export interface Found {
  readonly code: ProblemCode
  readonly message: string
  readonly suggestion?: string | undefined
}

/** Takes what is wrong, where. */
export type Report = (span: Span, found: Found) => void

/** Collects what is wrong in a text, up to a limit. */
export function createProblems(text: string, file: string): { report: Report; list(): readonly FilterProblem[] } {
  const found = new Map<string, FilterProblem>()
  return {
    report: (span, { code, message, suggestion }) => {
      // One place is told of once: what follows from the first mistake there helps nobody.
      const key = String(span.at)
      if (found.size >= limits.problems || found.has(key)) return
      found.set(key, {
        code,
        severity: "error",
        message: suggestion === undefined ? message : `${message}; did you mean ${suggestion}?`,
        file,
        ...placeOf(text, span.at),
        offset: span.at,
        length: Math.max(0, span.end - span.at),
        suggestion: suggestion ?? null,
      })
    },
    list: () => [...found.values()].sort((one, other) => one.offset - other.offset),
  }
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  let [line, start] = [1, 0]
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", start)) {
    line++
    start = at + 1
  }
  return { line, column: offset - start + 1 }
}
