import { describe, expect, it } from "vitest"
import { formatDiagnostic } from "../core/index.ts"
import { killChain } from "./content/kill-chain.ts"
import { defaultIntentRules } from "./default-rules.ts"
import { intentRule } from "./intent-rule.ts"
import { parseIntentRules } from "./rule-file.ts"
import { sentenceOf } from "./sentence.ts"

const problems = (text: string) => {
  const parsed = parseIntentRules(text, "mine.yaml")
  return parsed.kind === "ok" ? [] : parsed.diagnostics.map(formatDiagnostic)
}

describe("a file of intent rules", () => {
  it("gives each rule with its defaults, and lengths of time in milliseconds", () => {
    const parsed = parseIntentRules(
      `rules:
  - id: mine/short
    title: Short
    window: 10m
    stages:
      - { name: one, classtypes: [web-application-attack], minSeverity: high }
      - { name: two, techniques: [T1505.003] }
`,
      "mine.yaml",
    )
    expect(parsed).toMatchObject({
      kind: "ok",
      value: [{ windowMs: 600_000, lateMs: 30_000, opensAt: 2, startsAt: "any" }],
    })
    if (parsed.kind === "ok") expect(intentRule.parse(parsed.value[0])).toEqual(parsed.value[0])
  })

  const bad: readonly (readonly [string, string, readonly string[]])[] = [
    ["what is no YAML", "rules: [", ["mine.yaml:1:9: error: "]],
    ["an unknown key", killChain.replace("window:", "windows:"), ["mine.yaml:9:14: error: rules.0: Unrecognized key"]],
    ["a window without unit", killChain.replace("1h", "'3600'"), ["mine.yaml:9:13: error: rules.0.window: "]],
    ["a window beyond the limit", killChain.replace("1h", "31d"), ["mine.yaml:9:13: error: rules.0.window: "]],
    [
      "a join that is none",
      killChain.replace("join: source", "join: colour"),
      ["mine.yaml:6:11: error: rules.0.join: "],
    ],
    [
      "an intent that is none",
      killChain.replace("[reconnaissance]", "[mischief]"),
      ["mine.yaml:15:19: error: rules.0.stages.0.intents.0: "],
    ],
    ["no stages", "rules:\n  - id: a\n    title: A\n    stages: []\n", ["mine.yaml:4:13: error: rules.0.stages: "]],
    [
      "more stages to open than there are",
      killChain.replace("opensAt: 2", "opensAt: 5"),
      ["mine.yaml:11:14: error: rules.0.opensAt: opens at 5 stages, but there are only 4"],
    ],
    [
      "two stages with one name",
      killChain.replace("name: exploitation", "name: scan"),
      ['mine.yaml:16:15: error: rules.0.stages.1.name: two stages have the name "scan"'],
    ],
    [
      "two rules with one id",
      `${killChain}${killChain.replace("\nrules:\n", "")}`,
      ['mine.yaml:22:9: error: rules.1.id: two rules have the id "thwart/kill-chain"'],
    ],
    [
      "several things at once",
      "rules:\n  - id: ''\n    title: A\n    stages: [{ name: a, intents: [x] }]\n",
      ["mine.yaml:2:9: error: rules.0.id: ", "mine.yaml:4:35: error: rules.0.stages.0.intents.0: "],
    ],
  ]
  it.each(bad)("tells where it has %s", (_, text, expected) => {
    expect(bad).toHaveLength(11)
    const found = problems(text)
    expect(found).toHaveLength(expected.length)
    for (const [index, start] of expected.entries()) expect(found[index]).toContain(start)
  })
})

describe("the rules that ship", () => {
  it("are one, and read as a sentence", () => {
    expect(defaultIntentRules.map(sentenceOf)).toEqual([
      'When one attacker goes through scan (intent reconnaissance), then exploitation (intent weaponization, delivery or exploitation), then installation (intent installation), then command and control (intent command-and-control or actions-on-objectives), entered at any of them, with no more than 1 hour from one alert to the next, open "Attack chain in progress" at 2 of 4 stages.',
    ])
  })
})

describe("the sentence of a rule", () => {
  it("names every criterion", () => {
    const rule = intentRule.parse({
      id: "a",
      title: "A",
      startsAt: "first",
      opensAt: 1,
      windowMs: 90_000,
      stages: [{ name: "odd", classtypes: ["a", "b", "c"], tactics: ["TA0011"], minSeverity: "high" }, { name: "all" }],
    })
    expect(sentenceOf(rule)).toBe(
      'When one attacker goes through odd (classtype a, b or c, tactic TA0011, of high severity or more), then all (any alert) with no more than 90 seconds from one alert to the next, open "A" at 1 of 2 stages.',
    )
  })
})
