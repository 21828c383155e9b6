import { setFlagsFromString } from "node:v8"
import { describe, expect, it } from "vitest"
import { createRuleRun } from "../../src/detection/engine/rule-run.ts"
import { enableLinearRegexFallback } from "../../src/detection/index.ts"
import { compile } from "../../src/detection/seclang/compile.ts"
import { emitRegex } from "../../src/detection/seclang/regex/emit.ts"
import { isLinear, linearSuperset, withCountsWrittenOut } from "../../src/detection/seclang/regex/linear.ts"
import { parseRegex } from "../../src/detection/seclang/regex/parse.ts"
import { exchange } from "../../src/detection/testing/exchange.ts"
import { hostileValue, type Redos, redosTable } from "./redos.ts"

const bytes = 100_000
// Far above what any takes, far below what the least of them would take by going back: the linear engine's cost grows with the pattern.
const hangMs = 500

enableLinearRegexFallback()

interface Outcome {
  readonly pattern: string
  readonly matched: boolean
  readonly failed: string | undefined
  readonly cpuMs: number
}

function run(redos: Redos, id: number): Outcome {
  const pattern = redos.pattern.replaceAll('"', '\\"')
  const text = `SecRequestBodyAccess On\nSecRule REQUEST_BODY "@rx ${pattern}" "id:${id},phase:2,pass"`
  const { program, diagnostics } = compile([{ path: "redos.conf", text }], () => "")
  expect(diagnostics).toEqual([])
  let failed: string | undefined
  const onFailure = (rule: { readonly id: number }, message: string) => {
    failed = `${rule.id}: ${message}`
  }
  const of = exchange({
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: hostileValue(redos, bytes),
  })
  const start = process.cpuUsage()
  const { matched } = createRuleRun({ program, onFailure })(of, [1, 2])
  const { user, system } = process.cpuUsage(start)
  return { pattern: redos.pattern, matched: matched.length > 0, failed, cpuMs: (user + system) / 1000 }
}

describe("patterns that take for ever", () => {
  it("end on 100 KB made for them, and those that can't are told of by the rule's id", () => {
    const outcomes = redosTable.map((redos, index) => run(redos, 1000 + index))
    expect(outcomes.length).toBe(207)
    expect(outcomes.filter(({ cpuMs }) => cpuMs > hangMs)).toEqual([])
    const over = outcomes.filter(({ failed }) => failed !== undefined)
    for (const { failed } of over)
      expect(failed).toMatch(/^1\d{3}: its pattern takes longer on 100000 bytes than the 20 ms of a request/)
    // A pattern that V8 runs in linear time always has its answer.
    for (const { pattern } of over)
      expect(isLinear(withCountsWrittenOut(parseRegex(pattern).root)), pattern).toBe(false)
    expect(over.length).toBeGreaterThan(0)
  }, 120_000)

  it("are linear where V8 says so", () => {
    setFlagsFromString("--enable-experimental-regexp-engine")
    const known = redosTable.map(({ pattern }) => {
      const { root, captures } = parseRegex(pattern)
      const parsed = { root: withCountsWrittenOut(root), captures }
      if (isLinear(parsed.root)) expect(isLinearToV8(emitRegex(parsed).source), pattern).toBe(true)
      const superset = emitRegex({ root: linearSuperset(parsed.root), captures: 0 }).source
      expect(isLinearToV8(superset), superset).toBe(true)
      return isLinear(parsed.root)
    })
    setFlagsFromString("--no-enable-experimental-regexp-engine")
    expect(new Set(known)).toEqual(new Set([true, false]))
  })
})

function isLinearToV8(source: string): boolean {
  try {
    return new RegExp(source, "sl") instanceof RegExp
  } catch {
    return false
  }
}
