import { describe, expect, it } from "vitest"
import {
  address,
  createIds,
  createManualClock,
  nodeId,
  parseCidr,
  type RuleException,
  type RuleSwitch,
  ruleId,
} from "../../core/index.ts"
import { createDetector } from "../engine/detector.ts"
import { checkRules } from "../load.ts"
import { type Exchange, exchange } from "../testing/exchange.ts"
import { checkParameter } from "./parameter.ts"
import { plainPath } from "./plain-path.ts"
import { createRulePolicy } from "./rule-policy.ts"

const rulesText = `
SecRule ARGS "@contains evil" "id:100,phase:2,deny,severity:CRITICAL,msg:'evil',tag:'attack-sqli',tag:'paranoia-level/2'"
SecRule REQUEST_HEADERS:User-Agent "@contains evil" "id:101,phase:1,deny,severity:CRITICAL,msg:'agent'"
SecRule ARGS|REQUEST_COOKIES "@contains vile" "id:150,phase:2,deny,severity:CRITICAL,msg:'vile',tag:'attack-sqli'"
`
const now = 1_700_000_000_000

function setUp() {
  const clock = createManualClock(now)
  const policy = createRulePolicy(clock)
  const rules = checkRules(["t.conf"], { list: (path) => [path], read: () => rulesText, beside: (_, name) => name })
  expect(rules.diagnostics).toEqual([])
  const detector = createDetector({ ids: createIds(clock), rules, policy }, { behaviours: [] })
  const found = (of: Exchange, change: Partial<ReturnType<typeof exchange>> = {}) =>
    detector.inspect({ ...exchange(of), ...change })?.contributions.map(({ rule }) => String(rule)) ?? []
  return { clock, policy, detector, found }
}

const off = (rule: string, node: string | null = null): RuleSwitch => ({
  rule: ruleId.parse(rule),
  node: node === null ? null : nodeId.parse(node),
  since: now,
  by: "test",
  reason: "test",
})
const except = (fields: Partial<RuleException>): RuleException => ({
  id: "exc_1",
  rules: "100",
  path: null,
  parameter: null,
  source: null,
  owner: "shop team",
  reason: "test",
  expiresAt: null,
  createdAt: now,
  createdBy: "test",
  ...fields,
})
const both = { target: "/a?q=evil", headers: { "User-Agent": "evil" } }

describe("a rule policy", () => {
  it("turns a rule off everywhere, or on one node, from the next observation on", () => {
    const { policy, found } = setUp()
    expect(found(both)).toEqual(["101", "100"])
    policy.replace({ switches: [off("100")], exceptions: [] })
    expect(found(both)).toEqual(["101"])
    policy.replace({ switches: [off("100", "shop"), off("101", "other")], exceptions: [] })
    expect(found(both)).toEqual(["101"])
    expect(found(both, { node: { id: nodeId.parse("other"), kind: "host", name: "other" } })).toEqual(["100"])
    expect(found(both, { node: { id: nodeId.parse("third"), kind: "host", name: "third" } })).toEqual(["101", "100"])
    policy.replace({ switches: [], exceptions: [] })
    expect(found(both)).toEqual(["101", "100"])
  })

  it("holds exceptions by rule, path, parameter and source, and nowhere else", () => {
    const [net, other] = [parseCidr("203.0.113.0/24") ?? null, parseCidr("198.51.100.0/24") ?? null]
    const cases: readonly (readonly [Partial<RuleException>, Exchange, boolean])[] = [
      [{ path: "/a" }, { target: "/a?q=evil" }, false],
      [{ path: "/a" }, { target: "/a/b?q=evil" }, true],
      [{ path: "/a" }, { target: "/A?q=evil" }, true],
      [{ path: "/a/*" }, { target: "/a/b?q=evil" }, false],
      [{ path: "/a/*" }, { target: "/ab?q=evil" }, true],
      [{ path: "/a/*" }, { target: "/a/../b?q=evil" }, true],
      [{ path: "/a/*" }, { target: "/a/%2e%2e/b?q=evil" }, true],
      [{ path: "/a/*" }, { target: "/a/..;/b?q=evil" }, true],
      [{ path: "/a/*" }, { target: "/a/%252e%252e/b?q=evil" }, true],
      [{ path: "/a/b" }, { target: "/a/%62?q=evil" }, false],
      [{ path: "/a", rules: "101" }, { target: "/a?q=evil" }, true],
      [{ path: "/a", rules: "90-110" }, { target: "/a?q=evil" }, false],
      [{ path: "/a", rules: "101-149" }, { target: "/a?q=evil" }, true],
      [{ path: "/a", rules: "tag:attack-sqli" }, { target: "/a?q=evil" }, false],
      [{ path: "/a", rules: "tag:attack" }, { target: "/a?q=evil" }, true],
      [{ parameter: "ARGS:q" }, { target: "/a?q=evil" }, false],
      [{ parameter: "args:Q" }, { target: "/a?q=evil" }, false],
      [{ parameter: "ARGS:q" }, { target: "/a?q=evil&r=evil" }, true],
      [{ parameter: "ARGS:q" }, { target: "/a?qq=evil" }, true],
      [{ parameter: "ARGS:/^q/" }, { target: "/a?qq=evil" }, false],
      [{ parameter: "ARGS" }, { target: "/a?q=evil&r=evil" }, false],
      [{ parameter: "ARGS:q", path: "/a" }, { target: "/a?q=evil" }, false],
      [{ parameter: "ARGS:q", path: "/a" }, { target: "/b?q=evil" }, true],
      [{ source: net }, { target: "/a?q=evil" }, false],
      [{ source: other }, { target: "/a?q=evil" }, true],
      [{ source: net, path: "/a" }, { target: "/a?q=evil" }, false],
      [{ source: other, path: "/a" }, { target: "/a?q=evil" }, true],
      [{ source: net, path: "/a" }, { target: "/b?q=evil" }, true],
    ]
    expect(cases).toHaveLength(28)
    const { policy, found } = setUp()
    for (const [fields, of, matches] of cases) {
      policy.replace({ switches: [], exceptions: [except(fields)] })
      expect(found(of).includes("100"), `${JSON.stringify(fields)} ${of.target}`).toBe(matches)
    }
  })

  it("takes a source's family and every bit of its prefix into account", () => {
    const { policy, found } = setUp()
    const cases: readonly (readonly [prefix: string, source: string, matches: boolean])[] = [
      ["192.0.2.128/25", "192.0.2.127", true],
      ["192.0.2.128/25", "192.0.2.128", false],
      ["192.0.2.7", "192.0.2.7", false],
      ["192.0.2.7", "192.0.2.8", true],
      ["0.0.0.0/0", "192.0.2.8", false],
      ["0.0.0.0/0", "2001:db8::1", true],
      ["2001:db8::/32", "2001:db8:1::1", false],
      ["2001:db8::/32", "2001:db9::1", true],
    ]
    expect(cases).toHaveLength(8)
    for (const [text, source, matches] of cases) {
      policy.replace({ switches: [], exceptions: [except({ source: parseCidr(text) ?? null })] })
      const seen = found({ target: "/?q=evil" }, { source: { address: address(source), port: 1 } })
      expect(seen.length > 0, `${text} ${source}`).toBe(matches)
    }
  })

  it("lets exceptions end by themselves, at their moment", () => {
    const { policy, found, clock } = setUp()
    const exceptions = [
      except({ path: "/a", expiresAt: now + 1000 }),
      except({ id: "exc_2", rules: "101", parameter: "REQUEST_HEADERS:user-agent", expiresAt: now + 2000 }),
    ]
    policy.replace({ switches: [], exceptions })
    expect(found(both)).toEqual([])
    clock.advance(999)
    expect(found(both)).toEqual([])
    clock.advance(1)
    expect(found(both)).toEqual(["100"])
    clock.advance(1000)
    expect(found(both)).toEqual(["101", "100"])
  })

  it("turns off rules that every transaction begins with, and what other tools find", () => {
    const clock = createManualClock(now)
    const policy = createRulePolicy(clock)
    const text = `SecAction "id:1,phase:1,pass,nolog,setvar:tx.on=1"\nSecRule TX:on "@eq 1" "id:2,phase:1,pass,nolog,setvar:tx.more=1"\nSecRule TX:more "@eq 1" "id:3,phase:2,deny,severity:CRITICAL,msg:'on'"`
    const rules = checkRules(["t.conf"], { list: (path) => [path], read: () => text, beside: (_, name) => name })
    const detector = createDetector({ ids: createIds(clock), rules, policy }, { behaviours: [] })
    expect(detector.inspect(exchange({}))).not.toBeNull()
    policy.replace({ switches: [off("1")], exceptions: [] })
    expect(detector.inspect(exchange({}))).toBeNull()
    policy.replace({ switches: [], exceptions: [] })
    expect(detector.inspect(exchange({}))).not.toBeNull()
    const { request: _, response: __, malformed: ___, ...seen } = exchange({})
    const finding = {
      ...seen,
      kind: "finding",
      tool: "suricata",
      rule: "1:2001",
      title: "t",
      severity: "high",
      classtype: "trojan-activity",
      intent: "installation",
      tactic: null,
      technique: null,
      raw: "",
    } as const
    expect(detector.inspect(finding)).not.toBeNull()
    policy.replace({ switches: [off("suricata/1:2001")], exceptions: [] })
    expect(detector.inspect(finding)).toBeNull()
  })

  it("takes thousands of exceptions, all of them looked up and none of them walked through", () => {
    const { policy, found } = setUp()
    const many = Array.from({ length: 5000 }, (_, index) =>
      except({
        id: `exc_${index}`,
        ...(index % 2 === 0 ? { path: `/p${index}/*` } : { parameter: `ARGS:p${index}` }),
      }),
    )
    policy.replace({ switches: [], exceptions: many })
    expect(found({ target: "/p4998/x?q=evil" })).toEqual([])
    expect(found({ target: "/x?p4999=evil" })).toEqual([])
    expect(found({ target: "/x?q=evil" })).toEqual(["100"])
  })

  it("tells rules with what lists show of them", () => {
    const { detector } = setUp()
    expect(detector.rules[0]).toMatchObject({
      id: "100",
      severity: "high",
      phase: 2,
      direction: "inbound",
      paranoia: 2,
      group: "t",
      bookkeeping: false,
    })
  })

  it("says what is wrong with a parameter", () => {
    expect(checkParameter("ARGS:a")).toBeUndefined()
    expect(checkParameter("NOTHING:a")).toMatch(/no variable "NOTHING"/)
    expect(checkParameter("ARGS|REQUEST_BODY")).toMatch(/not one variable/)
    expect(checkParameter("!ARGS:a")).toMatch(/not one variable/)
    expect(checkParameter("REQUEST_METHOD:a")).toMatch(/no members/)
  })

  it("reads no path that could be another one", () => {
    const cases: readonly (readonly [string, string | undefined])[] = [
      ["/a?b=/../c", "/a"],
      ["http://host/a", "/a"],
      ["/a%20b", "/a b"],
      ["//a", undefined],
      ["/a//b", undefined],
      ["/a/.", undefined],
      ["/a\\b", undefined],
      ["/a%2fb", undefined],
      ["/a%00", undefined],
      ["/a%", undefined],
      ["*", undefined],
    ]
    expect(cases).toHaveLength(11)
    for (const [target, path] of cases) expect(plainPath(target), target).toBe(path)
  })
})
