import { describe, expect, it } from "vitest"
import { networkPolicy, type Policy } from "../core/index.ts"
import { policySentence } from "./sentence.ts"
import { onAlerts, policyOf } from "./testing/house.ts"

const incident = { kind: "incident", rule: null, minStages: 1 } as const

describe("a policy as a sentence", () => {
  const cases: readonly (readonly [Parameters<typeof policyOf>[0], string])[] = [
    [
      { on: { ...incident, tactics: ["TA0011"] }, count: 10, blockMs: 600_000 },
      "10 High incidents with tactic Command and Control in 10 minutes → block the address for 10 minutes",
    ],
    [{ on: incident }, "1 High incident in 10 minutes → block the address for 1 minute"],
    [
      {
        on: {
          ...incident,
          rule: "thwart/kill-chain" as never,
          minStages: 3,
          intents: ["command-and-control", "actions-on-objectives"],
        },
      },
      "1 High incident of rule thwart/kill-chain with intent Command and Control or Actions on Objectives and at least 3 stages in 10 minutes → block the address for 1 minute",
    ],
    [
      {
        on: { ...onAlerts, classtypes: ["trojan-activity", "web-application-attack", "attempted-recon"] },
        severity: "medium",
        count: 2,
      },
      "2 Medium alerts with classtype trojan-activity, web-application-attack or attempted-recon in 10 minutes → block the address for 1 minute",
    ],
    [
      {
        on: { ...onAlerts, tactics: ["TA0001", "TA0002"], techniques: ["T1190"] },
        severity: "critical",
        blockMs: null,
      },
      "1 Critical alert with tactic Initial Access or Execution and technique T1190 in 10 minutes → block the address until someone ends it",
    ],
    [
      { on: { ...onAlerts, intents: ["reconnaissance"] }, severity: "info", count: 100_000, windowMs: 86_400_000 },
      "100,000 alerts with intent Reconnaissance in 1 day → block the address for 1 minute",
    ],
  ]
  it.each(cases)("reads well: %j", (overrides, sentence) => {
    expect(cases).toHaveLength(6)
    expect(policySentence(policyOf(overrides))).toBe(sentence)
  })

  it("of one that was stored before incidents had tactics, reads as before", () => {
    const stored: Policy = networkPolicy.parse(JSON.parse(JSON.stringify(policyOf({}))))
    expect(policySentence(stored)).toBe(
      "1 High incident with at least 3 stages in 10 minutes → block the address for 1 minute",
    )
  })
})
