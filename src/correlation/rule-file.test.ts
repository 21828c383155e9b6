import { describe, expect, it } from "vitest"
import { killChain, killChainRules } from "../../test/support/kill-chain.ts"
import { formatDiagnostic } from "../core/index.ts"
import { intentRule } from "./intent-rule.ts"
import { parseCorrelationRules } from "./rule-file.ts"
import { sentenceOf } from "./sentence.ts"

const problems = (text: string) => {
  const parsed = parseCorrelationRules(text, "mine.yaml")
  return parsed.kind === "ok" ? [] : parsed.diagnostics.map(formatDiagnostic)
}

const ruleWith = (text: string) => `rules:\n  - id: a\n    title: A\n    ${text}\n    opensAt: 1\n`

describe("a file of intent rules", () => {
  it("gives each rule with its defaults, and lengths of time in milliseconds", () => {
    const parsed = parseCorrelationRules(
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
      value: { rules: [{ windowMs: 600_000, lateMs: 30_000, opensAt: 2, startsAt: "any" }], clusters: [] },
    })
    if (parsed.kind === "ok") expect(intentRule.parse(parsed.value.rules[0])).toEqual(parsed.value.rules[0])
  })

  const bad: readonly (readonly [string, string, readonly string[]])[] = [
    ["what is no YAML", "rules: [", ["mine.yaml:1:9: error: "]],
    ["an unknown key", killChain.replace("window:", "windows:"), ["mine.yaml:13:14: error: rules.0: Unrecognized key"]],
    ["a window without unit", killChain.replace("1h", "'3600'"), ["mine.yaml:13:13: error: rules.0.window: "]],
    ["a window beyond the limit", killChain.replace("1h", "31d"), ["mine.yaml:13:13: error: rules.0.window: "]],
    [
      "a join that is none",
      killChain.replace("join: source", "join: colour"),
      ["mine.yaml:10:11: error: rules.0.join: "],
    ],
    [
      "an intent that is none",
      killChain.replace("[reconnaissance]", "[mischief]"),
      ["mine.yaml:19:19: error: rules.0.stages.0.intents.0: "],
    ],
    ["no stages", "rules:\n  - id: a\n    title: A\n    stages: []\n", ["mine.yaml:4:13: error: rules.0.stages: "]],
    [
      "more stages to open than there are",
      killChain.replace("opensAt: 2", "opensAt: 5"),
      ["mine.yaml:15:14: error: rules.0.opensAt: opens at 5 stages, but there are only 4"],
    ],
    [
      "two stages with one name",
      killChain.replace("name: exploitation", "name: scan"),
      ['mine.yaml:20:15: error: rules.0.stages.1.name: two stages have the name "scan"'],
    ],
    [
      "two rules with one id",
      `${killChain}${killChain.slice(killChain.indexOf("  - id"))}`,
      ['mine.yaml:26:9: error: rules.1.id: two rules have the id "thwart/kill-chain"'],
    ],
    [
      "a filter that asks for a field that there is not",
      ruleWith("stages: [{ name: a, filter: 'severity = \"high\" and colour = 1' }]"),
      ['mine.yaml:4:56: error: rules.0.stages.0.filter: there is no field "colour"'],
    ],
    [
      "a filter that can't be read",
      ruleWith("stages: [{ name: a, filter: 'severity =' }]"),
      ["mine.yaml:4:44: error: rules.0.stages.0.filter: "],
    ],
    [
      "a field to count that alerts do not have",
      ruleWith("stages: [{ name: a, count: 2, distinct: destination.adress }]"),
      ['mine.yaml:4:45: error: rules.0.stages.0.distinct: alerts have no field "destination.adress"; did you mean'],
    ],
    [
      "a count of nothing",
      ruleWith("stages: [{ name: a, count: 0 }]"),
      ["mine.yaml:4:32: error: rules.0.stages.0.count: "],
    ],
    [
      "a time within without unit",
      ruleWith("stages: [{ name: a, count: 2, within: '5' }]"),
      ['mine.yaml:4:43: error: rules.0.stages.0.within: "5" is no length of time'],
    ],
    [
      "a field to join by with a join that has none",
      ruleWith("join: everywhere\n    stages: [{ name: a, from: node }]"),
      ["mine.yaml:5:31: error: rules.0.stages.0.from: goes with the joins source and node, not with everywhere"],
    ],
    [
      "a list to join by",
      ruleWith("stages: [{ name: a, from: tags }]"),
      ['mine.yaml:4:31: error: rules.0.stages.0.from: "tags" has several values'],
    ],
    [
      "stages that lead on, in any order",
      ruleWith("order: unordered\n    startsAt: first\n    join: adjacent\n    stages: [{ name: a }, { name: b }]"),
      ["mine.yaml:4:12: error: rules.0.order: a join of adjacent nodes needs stages in order"],
    ],
    [
      "stages that lead on, entered anywhere",
      ruleWith("stages: [{ name: a, to: destination.address }, { name: b, from: source.address }]"),
      [
        'mine.yaml:2:5: error: rules.0.startsAt: a join where a stage leads on to another value ("to") than its own begins',
      ],
    ],
    [
      "an absence that is longer than the window",
      ruleWith("window: 1m\n    unless: { name: b, within: 1m }\n    stages: [{ name: a }, { name: b }]"),
      ["mine.yaml:5:32: error: rules.0.unless.within: is longer than the window"],
    ],
    [
      "an absence without a time",
      ruleWith("unless: { name: b }\n    stages: [{ name: a }, { name: b }]"),
      ["mine.yaml:4:13: error: rules.0.unless.within: "],
    ],
    [
      "a vulnerability that is no id",
      ruleWith("vulnerable: { ids: ['??'] }\n    stages: [{ name: a }, { name: b }]"),
      ["mine.yaml:4:25: error: rules.0.vulnerable.ids.0: "],
    ],
    [
      "several things at once",
      "rules:\n  - id: ''\n    title: A\n    stages: [{ name: a, intents: [x] }]\n",
      ["mine.yaml:2:9: error: rules.0.id: ", "mine.yaml:4:35: error: rules.0.stages.0.intents.0: "],
    ],
  ]
  it.each(bad)("tells where it has %s", (_, text, expected) => {
    expect(bad).toHaveLength(23)
    const found = problems(text)
    expect(found).toHaveLength(expected.length)
    for (const [index, start] of expected.entries()) expect(found[index]).toContain(start)
  })
})

describe("the rules that ship", () => {
  it("are one, and read as a sentence", () => {
    expect(killChainRules.map(sentenceOf)).toEqual([
      'When one attacker goes through scan (intent reconnaissance), then exploitation (intent weaponization, delivery or exploitation), then installation (intent installation), then command and control (intent command-and-control or actions-on-objectives), entered at any of them, with no more than 1 hour from one alert to the next, open "Attack chain in progress" at 2 of 4 stages.',
    ])
  })
})

describe("the sentence of a rule", () => {
  const sentences: readonly (readonly [string, string])[] = [
    [
      `title: A
    startsAt: first
    opensAt: 1
    window: 90s
    stages:
      - { name: odd, classtypes: [a, b, c], tactics: [TA0011], minSeverity: high }
      - { name: all }`,
      'When one attacker goes through odd (classtype a, b or c, tactic TA0011, of high severity or more), then all (any alert) with no more than 90 seconds from one alert to the next, open "A" at 1 of 2 stages.',
    ],
    [
      `title: B
    join: node
    order: unordered
    stages:
      - { name: guesses, rules: [ssh*], count: 10, within: 5m }
      - { name: spray, filter: 'title contains "login"', count: 5, distinct: source.address }`,
      'When one node goes through guesses (rule ssh*, 10 times within 5 minutes) and spray (where the title contains "login", with 5 different values of the source address), in any order, with no more than 1 hour from one alert to the next, open "B" at 2 of 2 stages.',
    ],
    [
      `title: C
    startsAt: first
    stages:
      - { name: in, from: attacker, to: destination.address }
      - { name: onward, from: source.address }`,
      'When one attacker goes through in (any alert, found by the attacker, leading on by the destination address), then onward (any alert, found by the source address) with no more than 1 hour from one alert to the next, open "C" at 2 of 2 stages.',
    ],
    [
      `title: D
    join: adjacent
    startsAt: first
    opensAt: 1
    vulnerable: { minSeverity: high, count: 3, ids: [CVE-2021-44228, CVE-2014-6271], knownExploited: true, minEpss: 0.1 }
    unless: { name: a patch, intents: [installation], within: 10m }
    stages:
      - { name: in }`,
      'When an attack goes from node to adjacent node through in (any alert) with no more than 1 hour from one alert to the next, on a node with 3 known vulnerabilities of CVE-2021-44228 or CVE-2014-6271 of high severity or more exploited in the wild with a chance of 10 % or more to be exploited (EPSS), unless followed by a patch (intent installation) within 10 minutes, open "D" at 1 of 1 stage.',
    ],
    [
      `title: E
    join: everywhere
    vulnerable: { ids: [CVE-2021-44228] }
    stages: [{ name: x }, { name: y }]`,
      'When anybody anywhere goes through x (any alert), then y (any alert), entered at any of them, with no more than 1 hour from one alert to the next, on a node with a known vulnerability CVE-2021-44228, open "E" at 2 of 2 stages.',
    ],
  ]
  it.each(sentences)("names every criterion: %#", (text, expected) => {
    expect(sentences).toHaveLength(5)
    const parsed = parseCorrelationRules(`rules:\n  - id: a\n    ${text}\n`, "mine.yaml")
    expect(parsed.kind === "ok" ? parsed.value.rules.map(sentenceOf) : parsed.diagnostics).toEqual([expected])
  })
})
