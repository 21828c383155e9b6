import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Expression, Literal } from "./expression.ts"
import { operatorNames } from "./expression.ts"
import { parseFilter } from "./index.ts"
import { parse } from "./parse.ts"
import { print } from "./print.ts"
import { createProblems } from "./problem.ts"
import { testSchema } from "./testing/records.ts"
import { tokenize } from "./tokenize.ts"

const names = [...testSchema.fields.keys()]
const words = [
  ...names,
  ...operatorNames,
  "!=",
  "and",
  "or",
  "not",
  "(",
  ")",
  "[",
  "]",
  ",",
  '"a"',
  "“b”",
  "'",
  '"',
  "5",
  "true",
  "10.0.0.0/8",
  '"10.0.0.0/8"',
  "\\",
  "#",
  "\n",
]

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5 })), { maxLength: 60 })
    .map((parts) => parts.join(" ")),
  fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join("")),
)

const literal = fc
  .oneof(fc.string({ unit: "binary", maxLength: 20 }), fc.integer(), fc.boolean())
  .map((value): Literal => ({ value, at: 0, end: 0 }))

const comparison = fc
  .record({
    name: fc.constantFrom(...names),
    operator: fc.constantFrom(...operatorNames),
    negated: fc.boolean(),
    values: fc.array(literal, { minLength: 1, maxLength: 4 }),
  })
  .map(
    ({ name, operator, negated, values }): Expression => ({
      kind: "compare",
      field: { name, at: 0, end: 0 },
      operator,
      negated: negated && !["<", "<=", ">", ">="].includes(operator),
      values: operator === "exists" ? [] : operator === "in" ? values : values.slice(0, 1),
      at: 0,
      end: 0,
    }),
  )

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5 },
    comparison,
    fc.record({ kind: fc.constant("not" as const), part: tie("expression") }),
    fc
      .record({
        kind: fc.constantFrom("and" as const, "or" as const),
        parts: fc.array(tie("expression"), { minLength: 2, maxLength: 4 }),
      })
      .map(
        ({ kind, parts }): Expression => ({
          kind,
          parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])),
        }),
      ),
  ),
}))

/** Without places, which another way of writing moves. */
const plain = (read: Expression): unknown =>
  JSON.parse(JSON.stringify(read, (key, value) => (key === "at" || key === "end" ? undefined : value)))

function read(text: string) {
  const problems = createProblems(text, "f")
  return { expression: parse(tokenize(text, problems.report), problems.report), problems: problems.list() }
}

describe("any text", () => {
  it("gives a filter or what is wrong with it, and never throws", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parseFilter(text, testSchema)
        if (parsed.kind === "ok") {
          expect(typeof parsed.filter.matches({})).toBe("boolean")
          expect(parseFilter(parsed.filter.text, testSchema)).toMatchObject({
            kind: "ok",
            filter: { text: parsed.filter.text },
          })
          expect(parsed.filter.sentence.length).toBeGreaterThan(0)
        } else {
          expect(parsed.problems.length).toBeGreaterThan(0)
          for (const { line, column, offset, length } of parsed.problems) {
            expect(Math.min(line, column)).toBeGreaterThanOrEqual(1)
            expect(offset + length).toBeLessThanOrEqual(text.length + 1)
          }
        }
      }),
      { numRuns: 3000 },
    )
  })
})

describe("any expression", () => {
  it("is read again from its canonical text", () => {
    fc.assert(
      fc.property(expression, (made) => {
        const text = print(made)
        const { expression: again, problems } = read(text)
        expect(problems, text).toEqual([])
        expect(plain(again), text).toEqual(plain(made))
        expect(print(again)).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })
})
