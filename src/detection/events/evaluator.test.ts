import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { alert as alertSchema, createIds, createManualClock, nodeId, ruleException, ruleId } from "../../core/index.ts"
import { createRulePolicy } from "../policy/rule-policy.ts"
import { createEventEvaluator, type EventRule } from "./index.ts"
import { eventOf, noon, ruleOf, type Values } from "./testing/samples.ts"
import { createWindows } from "./windows.ts"

const ids = createIds(createManualClock(noon))
const minute = 60_000
const evaluator = (rules: readonly EventRule[], budget?: number) =>
  createEventEvaluator({ ids, rules }, budget === undefined ? {} : { budget })

const curl: Values = {
  event_type: "audit",
  exe: "/usr/bin/curl",
  user: "ada",
  "connection.dst_addr": "203.0.113.9",
  "connection.dst_port": 443,
}

describe("an event that a rule matches", () => {
  it("is an alert with the rule's texts filled in", () => {
    const rule = ruleOf([
      'title: "{{exe}} ran by user {{user}} connected to {{dst_ip}} in {{container.name}}"',
      'filter: connection.dst_addr != "10.0.0.0/8" and exe like "%/curl"',
      "tactic: TA0011",
      "technique: T1071",
    ])
    const [alert] = evaluator([rule]).look(eventOf(curl))
    expect(alertSchema.parse(alert)).toMatchObject({
      title: "/usr/bin/curl ran by user ada connected to 203.0.113.9 in unknown",
      severity: "high",
      intent: "installation",
      tactic: "TA0011",
      technique: "T1071",
      direction: "outbound",
      attacker: "203.0.113.9",
      evidence: { summary: "By ada", request: "the record" },
      contributions: [
        {
          rule: "test/rule",
          message: "A rule",
          matches: [
            { variable: "connection.dst_addr", value: "203.0.113.9" },
            { variable: "exe", value: "/usr/bin/curl" },
            { variable: "user", value: "ada" },
            { variable: "dst_ip", value: "203.0.113.9" },
          ],
        },
      ],
    })
  })

  it("is one alert for each rule that matches", () => {
    const rules = [ruleOf([]), ruleOf(["id: test/two"]), ruleOf(["id: test/off", "enabled: false"])]
    expect(
      evaluator(rules)
        .look(eventOf(curl))
        .map(({ contributions }) => contributions[0]?.rule),
    ).toEqual(["test/rule", "test/two"])
  })
})

describe("events that belong together", () => {
  const raisedBy = (rule: EventRule, events: readonly (readonly [Values, number])[]) => {
    const rules = evaluator([rule])
    return events.map(([values, at]) => rules.look(eventOf({ ...curl, ...values }, noon + at)).length).join("")
  }

  it("are one alert per window, by what the rule aggregates", () => {
    const rule = ruleOf(["aggregate: [user, exe, dst_ip]", "window: 10m"])
    expect(
      raisedBy(rule, [
        [{}, 0],
        [{ "connection.dst_port": 80 }, minute],
        [{ user: "bob" }, minute],
        [{ exe: "/usr/bin/wget" }, minute],
        [{ "connection.dst_addr": "203.0.113.10" }, minute],
        [{}, 10 * minute - 1],
        [{}, 10 * minute],
        [{}, 11 * minute],
      ]),
    ).toBe("10111010")
  })

  it("are an alert when there are enough in a window that slides", () => {
    const rule = ruleOf(["threshold: { count: 3 }", "window: 10m"])
    // The first is out of the window when the third comes, but not when the fourth does.
    expect(
      raisedBy(
        rule,
        [0, 6, 12, 15].map((at) => [{}, at * minute] as const),
      ),
    ).toBe("0001")
    expect(
      raisedBy(
        rule,
        [0, 1, 2, 3, 4, 5, 12, 13, 14].map((at) => [{}, at * minute] as const),
      ),
    ).toBe("001000001")
    // Late ones take their own place in time.
    expect(
      raisedBy(
        rule,
        [5, 3, 4].map((at) => [{}, at * minute] as const),
      ),
    ).toBe("001")
    expect(
      raisedBy(
        rule,
        [30, 3, 4, 31].map((at) => [{}, at * minute] as const),
      ),
    ).toBe("0000")
  })

  it("are an alert when there are enough different values", () => {
    const rule = ruleOf(["threshold: { count: 3, distinct: dst_port }", "window: 10m"])
    const ports = (...list: readonly (number | undefined)[]) =>
      raisedBy(
        rule,
        list.map((port, index) => [port === undefined ? {} : { "connection.dst_port": port }, index * minute] as const),
      )
    expect(ports(1, 1, 2, 2, 1, 3)).toBe("000001")
    expect(ports(1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2)).toBe("0".repeat(12))
    const portless = eventOf({ exe: "x" })
    const rules = evaluator([rule])
    expect(rules.judge(portless)).toMatchObject([{ outcome: "counted" }])
    expect(rules.status().keys).toBe(0)
  })
})

describe("a suppression", () => {
  it("holds until its end, and says why", () => {
    const rule = ruleOf([
      "suppressions:",
      "  - { filter: user = \"ada\", reason: she tests, until: '2025-07-01T00:00:00Z' }",
      '  - { filter: user = "bob", reason: he always does }',
    ])
    const outcomes = (user: string, at: number) => evaluator([rule]).judge(eventOf({ ...curl, user }, at))
    const july = Date.parse("2025-07-01T00:00:00Z")
    expect(outcomes("ada", july - 1)).toMatchObject([{ outcome: "suppressed", why: ["she tests"], alert: null }])
    expect(outcomes("ada", july)).toMatchObject([{ outcome: "raised" }])
    expect(outcomes("bob", july)).toMatchObject([{ outcome: "suppressed", why: ["he always does"] }])
  })
})

describe("a rule that people turned off or excepted", () => {
  it("raises nothing there, from the next event on", () => {
    const policy = createRulePolicy(createManualClock(noon))
    const rules = createEventEvaluator({ ids, rules: [ruleOf(["id: a"]), ruleOf(["id: b"])], policy })
    let user = 0
    const raised = (values: Values = {}) =>
      rules
        .look(eventOf({ ...curl, exe: `/bin/${user++}`, ...values }, noon + user * 2 * 3_600_000))
        .map(({ contributions }) => contributions[0]?.rule)
        .join()
    expect(raised()).toBe("a,b")
    const off = { rule: ruleId.parse("a"), since: noon, by: "ada", reason: "noise" }
    policy.replace({ switches: [{ ...off, node: null }], exceptions: [] })
    expect(raised()).toBe("b")
    policy.replace({ switches: [{ ...off, node: nodeId.parse("db-1") }], exceptions: [] })
    expect(raised()).toBe("a,b")
    const exception = ruleException.parse({
      id: "exc_1",
      rules: "b",
      path: null,
      parameter: null,
      source: "198.51.100.0/24",
      owner: "ada",
      reason: "ours",
      expiresAt: null,
      createdAt: noon,
      createdBy: "ada",
    })
    policy.replace({ switches: [], exceptions: [exception] })
    expect(raised({ "connection.src_addr": "198.51.100.9" })).toBe("a")
    expect(raised({ "connection.src_addr": "203.0.113.9" })).toBe("a,b")
  })
})

describe("judging an event", () => {
  it("tells what became of it at every rule, and counts", () => {
    const rules = evaluator([
      ruleOf(["id: a"]),
      ruleOf(["id: b", 'filter: user = "bob" and exe exists']),
      ruleOf(["id: c", "enabled: false"]),
      ruleOf(["id: d", "threshold: { count: 2 }"]),
    ])
    expect(rules.judge(eventOf(curl)).map(({ rule, outcome, why }) => [rule, outcome, why])).toEqual([
      ["a", "raised", []],
      ["b", "no match", ['user = "bob": it is "ada"']],
      ["c", "off", ["the rule is turned off"]],
      ["d", "counted", ["fewer than 2 in the window"]],
    ])
    expect(rules.judge(eventOf(curl)).map(({ outcome }) => outcome)).toEqual([
      "aggregated",
      "no match",
      "off",
      "raised",
    ])
    expect([...rules.counts()]).toEqual([
      ["a", { raised: 1, counted: 0, aggregated: 1, suppressed: 0 }],
      ["b", { raised: 0, counted: 0, aggregated: 0, suppressed: 0 }],
      ["d", { raised: 1, counted: 1, aggregated: 0, suppressed: 0 }],
    ])
  })
})

describe("the memory of windows", () => {
  it("stays within its budget, and forgets what was not seen for longest", () => {
    const rule = ruleOf(["aggregate: [user]"])
    const rules = evaluator([rule], 100)
    const look = (user: string) => rules.look(eventOf({ ...curl, user })).length
    look("known")
    for (let n = 0; n < 1000; n++) {
      look(`flood-${n}`)
      expect(look("known")).toBe(0)
    }
    expect(rules.status()).toEqual({ keys: 100, evicted: 901 })
    expect(look("flood-0")).toBe(1)
  })

  it("keeps no key whose window is over, and none is lost by turns of two times", () => {
    const windows = createWindows()
    const of = (key: string, at: number) => ({ key, at, value: null, windowMs: 1000, count: 3 })
    for (let n = 0; n < 100_000; n++) windows.step(of(`client-${n}`, n))
    expect(windows.status().keys).toBeLessThan(3000)
    expect(windows.status().evicted).toBe(0)
    const steps = [0, 1, 2].flatMap((n) => [
      windows.step(of("old", 5000 + n)),
      windows.step(of("new", 4_000_000_000_000 + n)),
    ])
    expect(steps).toEqual(["counted", "counted", "counted", "counted", "raised", "raised"])
  })

  it("stays within its budget whatever comes", () => {
    const occurrence = fc.record({
      key: fc.constantFrom("a", "b", "c", "d", "e"),
      at: fc.nat(1000),
      value: fc.option(fc.constantFrom("x", "y", "z")),
      windowMs: fc.constantFrom(10, 100),
      count: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(fc.array(occurrence, { maxLength: 100 }), (list) => {
        const windows = createWindows(8)
        for (const one of list) {
          windows.step(one)
          expect(windows.status().keys).toBeLessThanOrEqual(8)
        }
        const [first] = list
        if (first !== undefined) expect(["raised", "counted", "aggregated"]).toContain(windows.step(first))
      }),
    )
  })

  it("takes keys of any length by their hash", () => {
    const rules = evaluator([ruleOf(["aggregate: [user]"])])
    const long = "x".repeat(8000)
    expect(rules.look(eventOf({ ...curl, user: `${long}1` }))).toHaveLength(1)
    expect(rules.look(eventOf({ ...curl, user: `${long}2` }))).toHaveLength(1)
    expect(rules.look(eventOf({ ...curl, user: `${long}1` }))).toHaveLength(0)
  })
})

describe("the time of windows", () => {
  it("raises again for every window, and never within one", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 }), (times) => {
        const windows = createWindows()
        const sorted = [...times].sort((one, other) => one - other)
        const raised = sorted.filter(
          (at) => windows.step({ key: "k", at, value: null, windowMs: 50, count: 1 }) === "raised",
        )
        expect(raised[0]).toBe(sorted[0])
        for (const [index, at] of raised.entries())
          if (index > 0) expect(at - (raised[index - 1] ?? 0)).toBeGreaterThanOrEqual(50)
        for (const at of sorted) expect(raised.some((when) => when <= at && at < when + 50)).toBe(true)
      }),
    )
  })
})
