import { describe, expect, it } from "vitest"
import { createRuleRun } from "../../src/detection/engine/rule-run.ts"
import { actions, unsupportedActions } from "../../src/detection/seclang/actions/actions.ts"
import { compile } from "../../src/detection/seclang/compile.ts"
import { type Exchange, exchange } from "../../src/detection/testing/exchange.ts"
import { runnerOf, runOn } from "./seclang-run.ts"
import { asModSecurity, differences } from "./tables/flow.ts"

/** The ids of the rules that match and log, with their logdata. References that fit no rule are no concern here. */
function logged(rules: string, of: Exchange): readonly string[] {
  const { program, diagnostics } = compile([{ path: "test.conf", text: rules }], () => "")
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([])
  const onFailure = ({ id }: { readonly id: number }, message: string) => {
    throw new Error(`rule ${id} failed: ${message}`)
  }
  const { matched } = createRuleRun({ program, onFailure })(exchange(of), [1, 2, 3, 4, 5])
  return matched.filter(({ rule }) => !rule.silent).map(({ rule: { id }, logData }) => `${id} ${logData}`.trimEnd())
}

describe("actions, chains, skips and exceptions", () => {
  it("do what they do in ModSecurity", () => {
    expect(asModSecurity).toHaveLength(146)
    for (const [name, rules, of, expected] of asModSecurity) expect(logged(rules, of), name).toEqual(expected)
  })

  it("differ where ModSecurity's manual does, or where rules could not rely on it", () => {
    const cases = differences.flatMap(({ cases: own }) => own)
    expect(cases).toHaveLength(15)
    for (const [name, rules, of, modSecurity, ours] of cases) {
      expect(logged(rules, of), name).toEqual(ours)
      expect(ours, name).not.toEqual(modSecurity)
    }
  })
})

const always = (id: number, more: string) =>
  `SecRule REMOTE_ADDR "@unconditionalMatch" "id:${id},phase:2,pass,t:none,${more}"`

describe("what ModSecurity's manual has and libmodsecurity does not read", () => {
  const hello = { target: "/?a=1&b=two" }
  const attack = `SecRule ARGS "@rx ." "id:2,phase:2,pass,t:none,tag:'kind/a',msg:'The message'"`
  const cases: readonly (readonly [rules: string, logged: readonly string[]])[] = [
    [`${always(1, "ctl:ruleRemoveByMsg=The message")}\n${attack}`, ["1"]],
    [`${always(1, "ctl:ruleRemoveByMsg=Another")}\n${attack}`, ["1", "2"]],
    [`${always(1, "ctl:ruleRemoveTargetByMsg=The message;ARGS")}\n${attack}`, ["1"]],
    [`${always(1, "ctl:ruleRemoveTargetByMsg=The message;ARGS:a")}\n${attack}`, ["1", "2"]],
    [`${always(1, "ctl:ruleRemoveTargetById=2;ARGS:/^[ab]$/")}\n${attack}`, ["1"]],
    [`${always(1, "ctl:ruleRemoveTargetById=2;ARGS:/^a$/")}\n${attack}`, ["1", "2"]],
    [`${attack}\nSecRuleUpdateTargetById 2 "ARGS_NAMES:none" "ARGS"`, []],
    [`${attack}\nSecRuleUpdateTargetById 2 "REQUEST_METHOD" "ARGS"`, ["2"]],
    [
      `${always(1, "setvar:tx.x=")}\nSecRule &TX:x "@eq 1" "id:3,phase:2,pass,t:none,logdata:'[%{TX.x}]'"`,
      ["1", "3 []"],
    ],
    [`${always(1, "setvar:'tx.x=a, b'")}\nSecRule TX:x "@streq a, b" "id:3,phase:2,pass,t:none"`, ["1", "3"]],
    [`${always(1, "skipAfter:'M N'")}\n${attack}\nSecMarker "M N"\n${always(3, "log")}`, ["1", "3"]],
  ]
  it("works as the manual says", () => {
    expect(cases).toHaveLength(11)
    for (const [rules, expected] of cases) expect(logged(rules, hello), rules).toEqual(expected)
  })
})

describe("disruptive actions", () => {
  const disruptive: readonly (readonly [action: string, disruption: string])[] = [
    ["deny", "deny"],
    ["drop", "drop"],
    ["redirect:https://example.com/", "redirect"],
    ["proxy:http://192.0.2.9/", "proxy"],
    ["pass", "pass"],
    ["block", "pass"],
    ["status:403,deny", "deny"],
  ]
  it("are kept with the rule that matched", () => {
    expect(disruptive).toHaveLength(7)
    for (const [action, disruption] of disruptive)
      expect(
        runOn(`SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,${action}"`, {}).matched.map(
          ({ rule }) => rule.disruption,
        ),
        action,
      ).toEqual([disruption])
  })

  it("of SecDefaultAction hold for rules of that phase that say block or nothing", () => {
    const rules = `SecDefaultAction "phase:2,log,deny"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:2"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:2,phase:2,block"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:3,phase:2,pass"
SecRule REMOTE_ADDR "@unconditionalMatch" "id:4,phase:3,block"`
    expect(runOn(rules, {}).matched.map(({ rule: { id, disruption } }) => [id, disruption])).toEqual([
      [1, "deny"],
      [2, "deny"],
      [3, "pass"],
      [4, "pass"],
    ])
  })
})

describe("expirevar", () => {
  const rules = `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,nolog,t:none,initcol:ip=%{REMOTE_ADDR}"
SecRule ARGS:set "@rx ." "id:2,phase:1,pass,nolog,t:none,setvar:ip.n=1,setvar:ip.m=1,expirevar:ip.n=%{ARGS.set}"
SecRule IP:n "@eq 1" "id:3,phase:2,pass,t:none"
SecRule IP:m "@eq 1" "id:4,phase:2,pass,t:none"`
  const cases: readonly (readonly [afterMs: number, ids: readonly number[]])[] = [
    [0, [3, 4]],
    [9_999, [3, 4]],
    [10_000, [4]],
    [10_001, [4]],
    [3_600_000, [4]],
    // Nobody came for longer than SecCollectionTimeout.
    [3_600_001, []],
  ]
  it("forgets one variable after so many seconds", () => {
    expect(cases).toHaveLength(6)
    for (const [afterMs, ids] of cases) {
      const { program } = compile([{ path: "test.conf", text: rules }], () => "")
      const run = createRuleRun({ program, onFailure: () => undefined })
      const first = exchange({ target: "/?set=10" })
      run(first, [1, 2])
      const later = { ...exchange({}), at: first.at + afterMs }
      expect(
        run(later, [1, 2])
          .matched.map(({ rule }) => rule.id)
          .filter((id) => id > 2),
        String(afterMs),
      ).toEqual(ids)
    }
  })
})

describe("collections that outlive a transaction", () => {
  it("end when nobody came for as long as SecCollectionTimeout says", () => {
    const text = `SecCollectionTimeout 60
SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,t:none,initcol:ip=%{MATCHED_VAR},setvar:ip.n=+1,logdata:'%{IP.n}'"`
    const { program, diagnostics } = compile([{ path: "test.conf", text }], () => "")
    expect(diagnostics).toEqual([])
    const run = createRuleRun({ program, onFailure: () => undefined })
    const first = exchange({})
    const said = [0, 60_000, 120_000, 180_001].map(
      (ms) => run({ ...first, at: first.at + ms }, [1]).matched[0]?.logData,
    )
    expect(said).toEqual(["1", "2", "3", "1"])
  })

  it("count across transactions of the same key alone", () => {
    const run =
      runnerOf(`SecRule ARGS:k "@rx ." "id:1,phase:1,pass,nolog,t:none,initcol:session=%{MATCHED_VAR},setvar:session.n=+1"
SecRule SESSION:n "@ge 3" "id:2,phase:2,pass,t:none,logdata:'%{SESSION.n}'"`)
    const said = ["a", "b", "a", "b", "a", "a"].map((k) =>
      run({ target: `/?k=${k}` }).matched.map(({ logData }) => logData),
    )
    expect(said).toEqual([[], [], [], [], ["3"], ["4"]])
  })
})

describe("actions that are not supported", () => {
  const refused: readonly string[] = [
    "append:x",
    "deprecatevar:session.score=60/300",
    "exec:/bin/true",
    "pause:100",
    "prepend:x",
    "xmlns:n=urn:x",
  ]
  it("are refused with their reason, at load", () => {
    expect(refused.map((action) => action.split(":", 1)[0])).toEqual([...unsupportedActions.keys()])
    for (const action of refused) {
      const { diagnostics } = compile([{ path: "test.conf", text: always(1, action) }], () => "")
      expect(
        diagnostics.map(({ severity, message }) => [severity, message]),
        action,
      ).toEqual([["error", expect.stringMatching(/is not supported: \w/)]])
    }
  })
})

describe("the table of actions", () => {
  it("leaves none out that does something", () => {
    const text = [
      ...asModSecurity.map(([, rules]) => rules),
      ...differences.flatMap(({ cases }) => cases.map(([, rules]) => rules)),
    ].join("\n")
    // Those that say something of logs and answers alone, and those that have tests above or with the variables.
    const elsewhere = [
      "auditlog",
      "noauditlog",
      "status",
      "sanitiseArg",
      "sanitiseMatched",
      "sanitiseMatchedBytes",
      "sanitiseRequestHeader",
      "sanitiseResponseHeader",
      "drop",
      "redirect",
      "proxy",
      "block",
      "setenv",
      "setsid",
      "setuid",
      "setrsc",
      "ver",
      "rev",
      "accuracy",
      "maturity",
    ]
    const missing = actions
      .map(({ name }) => name)
      .filter((name) => !elsewhere.includes(name) && !new RegExp(`[",]${name}\\b`).test(text))
    expect(missing).toEqual([])
  })
})
