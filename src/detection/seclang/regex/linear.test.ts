import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compileRegex } from "./compile.ts"
import { emitRegex } from "./emit.ts"
import { isLinear, linearSuperset, withCountsWrittenOut } from "./linear.ts"
import { parseRegex } from "./parse.ts"

// Patterns that JavaScript reads in the same way, with counts that V8's linear engine does not take.
const patterns = [
  "a{2,30}b",
  "a{2,30}?b",
  "(a{0,40})(b*)",
  "(?:ab|a){18}",
  "(?:a|b){17,}c",
  "(?:a|b){17,}?c",
  "[ab]{3,20}$",
  "^(?:a{1,20}b){1,20}",
  "(?:a{17}|b{0,17}){2}c",
  "(?:(a)|b){1,20}c",
  "b(?:a?){25}b",
]

describe("far counts", () => {
  it.each(patterns)("%s match the same when they are written out", (source) => {
    const { exec } = compileRegex(source)
    const plain = new RegExp(source, "s")
    const text = fc.string({ unit: fc.constantFrom("a", "a", "b", "c"), maxLength: 60 })
    fc.assert(
      fc.property(text, (value) => {
        const found = plain.exec(value)
        const hit = exec(value)
        expect(hit?.offset).toBe(found?.index)
        expect(hit?.groups).toEqual(found === null ? undefined : [...found])
      }),
      { numRuns: 300 },
    )
  })

  it("are linear then, but where groups or sheer size forbid it", () => {
    const linear = patterns.filter((source) => isLinear(withCountsWrittenOut(parseRegex(source).root)))
    expect(patterns.filter((source) => !linear.includes(source))).toEqual(["(?:(a)|b){1,20}c"])
    expect(isLinear(withCountsWrittenOut(parseRegex("(?:a{1,900}b){1,900}").root))).toBe(false)
  })
})

describe("a linear superset", () => {
  const sources = [...patterns, "(a+)b\\1", "(?!ab)a.c", "(?<=a)b", "(?>a+)ab", "a++b", "(?:(a)|b){1,20}c(?=a)"]

  it.each(sources)("of %s matches wherever it does", (source) => {
    const { exec } = compileRegex(source)
    const superset = new RegExp(emitRegex({ root: linearSuperset(parseRegex(source).root), captures: 0 }).source, "s")
    const text = fc.string({ unit: fc.constantFrom("a", "a", "b", "c"), maxLength: 60 })
    fc.assert(
      fc.property(text, (value) => exec(value) === undefined || superset.test(value)),
      { numRuns: 300 },
    )
  })

  it("is tried for each", () => {
    expect([patterns.length, sources.length]).toEqual([11, 17])
  })
})
