import { describe, expect, it } from "vitest"
import { operators } from "../../src/detection/seclang/operators/operators.ts"
import { createRegistry } from "../../src/detection/seclang/registry.ts"
import { runnerOf, runOn } from "./seclang-run.ts"
import { asModSecurity, differences, files, setup } from "./tables/operators.ts"

const fewest = 6

/** Operators that ask others are known, and never match; `load` tells of them. */
const asking = ["geoLookup", "rbl"]

const written = (operator: string, argument: string) => `@${operator}${argument === "" ? "" : ` ${argument}`}`

/** The values that a rule with this operator matches. */
function matched(operator: string, values: readonly string[]): readonly string[] {
  const run = runnerOf(`${setup}\nSecRule REQUEST_HEADERS:X "${operator}" "id:1,phase:1,pass,t:none"`, files)
  return values.filter((value) => run({ headers: { X: value } }).matched.some(({ rule }) => rule.id === 1))
}

describe("each operator", () => {
  it("matches what ModSecurity matches, and nothing else", () => {
    const cases = asModSecurity.flatMap(({ matches, misses }) => [...matches, ...misses])
    expect(cases).toHaveLength(484)
    for (const { operator, argument, matches, misses } of asModSecurity)
      expect(matched(written(operator, argument), [...matches, ...misses]), written(operator, argument)).toEqual(
        matches,
      )
  })

  it("matches the other way round behind an exclamation mark", () => {
    for (const { operator, argument, matches, misses } of asModSecurity)
      expect(matched(`!${written(operator, argument)}`, [...matches, ...misses]), written(operator, argument)).toEqual(
        misses,
      )
  })

  it("is known by its name in any case", () => {
    for (const { operator, argument, matches, misses } of asModSecurity)
      for (const name of [operator.toLowerCase(), operator.toUpperCase()])
        expect(matched(written(name, argument), [...matches, ...misses]), written(name, argument)).toEqual(matches)
  })

  it("has cases", () => {
    const find = createRegistry(operators)
    const values = new Map<string, number>(operators.map(({ name }) => [name, 0]))
    for (const { operator, matches, misses } of asModSecurity) {
      const name = find(operator)?.name ?? operator
      values.set(name, (values.get(name) ?? 0) + matches.length + misses.length)
    }
    const few = [...values].filter(([name, count]) => count < fewest && !asking.includes(name))
    expect(few).toEqual([])
  })

  it("differs from ModSecurity only where its manual or the Core Rule Set do", () => {
    const cases = differences.flatMap(({ cases: own }) => own)
    expect(cases).toHaveLength(14)
    for (const [operator, argument, value, modSecurity] of cases)
      expect(matched(written(operator, argument), [value]).length === 0, `${operator} ${argument} ${value}`).toBe(
        modSecurity,
      )
  })
})

describe("capture", () => {
  const shown = (...names: readonly string[]) => names.map((name) => `%{TX.${name}}`).join("-")
  const logged = (operator: string, value: string, ...names: readonly string[]) =>
    runOn(
      `SecRule REQUEST_HEADERS:X "${operator}" "id:1,phase:1,pass,t:none,capture,logdata:'${shown(...names)}'"`,
      { headers: { X: value } },
      files,
    ).matched[0]?.logData

  const cases: readonly (readonly [operator: string, value: string, names: readonly string[], logged: string])[] = [
    ["@rx (a)(b)(c)", "xabcx", ["0", "1", "2", "3"], "abc-a-b-c"],
    ["@rx abc", "xabcx", ["0", "1"], "abc-"],
    ["@rx (zz)?d", "de", ["0"], "d"],
    ["@rx (1)(2)(3)(4)(5)(6)(7)(8)(9)(0)(a)", "1234567890a", ["0", "1", "9"], "1234567890a-1-9"],
    ["@rx (a)(?:b)(c)", "abc", ["0", "1", "2"], "abc-a-c"],
    ["@rx (?i)(A)b", "aB", ["0", "1"], "aB-a"],
    ["!@rx (zz)", "abc", ["0", "1"], "-"],
    ["@pm one two", "three two one", ["0", "1"], "two-"],
    ["@pmFromFile words.data", "xfour five", ["0"], "four five"],
    ["@detectSQLi", "1' OR '1'='1", ["0"], "s&sos"],
  ]
  it("keeps the match as TX:0 and its groups as TX:1 to TX:9", () => {
    expect(cases).toHaveLength(10)
    for (const [operator, value, names, text] of cases)
      expect(logged(operator, value, ...names), `${operator} ${value}`).toBe(text)
  })

  it("is not done without the action", () => {
    const rules = `SecRule REQUEST_HEADERS:X "@rx (a)" "id:1,phase:1,pass,t:none,logdata:'${shown("0", "1")}'"`
    expect(runOn(rules, { headers: { X: "a" } }).matched[0]?.logData).toBe("-")
  })
})

describe("operators that ask others", () => {
  it("are kept, so that rule sets load whole, and the one who loads them is told", () => {
    expect(() => runOn('SecRule REMOTE_ADDR "@geoLookup" "id:1,phase:1,pass"', {})).toThrow(/never matches/)
    expect(() => runOn('SecRule REMOTE_ADDR "@rbl list.example" "id:1,phase:1,pass"', {})).toThrow(/never matches/)
  })
})
