import type { Span } from "./problem.ts"

export type Token =
  /** A field's name, an operator in letters, `and`, `true`, …; which of them is decided by where it stands. */
  | ({ readonly kind: "word"; readonly text: string } & Span)
  | ({ readonly kind: "string"; readonly value: string } & Span)
  | ({ readonly kind: "number"; readonly value: number; readonly text: string } & Span)
  | ({ readonly kind: "symbol"; readonly text: string } & Span)
  /** What is none of these, such as an address without quotes. */
  | ({ readonly kind: "bare"; readonly text: string } & Span)
  | ({ readonly kind: "end" } & Span)
