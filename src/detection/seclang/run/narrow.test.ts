import { describe, expect, it } from "vitest"
import { createRuleRun } from "../../engine/rule-run.ts"
import { exchange } from "../../testing/exchange.ts"
import { compile } from "../compile.ts"

const level = 'SecAction "id:1,phase:1,pass,nolog,setvar:tx.level=1"'
const gate = 'SecRule TX:level "@lt 2" "id:20,phase:2,pass,nolog,skipAfter:END"'
const strict = 'SecRule ARGS "@rx ." "id:21,phase:2,pass"'
const marker = "SecMarker END"
const last = 'SecRule ARGS "@rx ." "id:30,phase:2,pass"'

const cases: readonly (readonly [what: string, rules: readonly string[], matches: readonly number[]])[] = [
  ["a group is passed over", [level, gate, strict, marker, last], [30]],
  ["a group that the variable allows is run", [level.replace("=1", "=2"), gate, strict, marker, last], [21, 30]],
  [
    "a gate that is taken away by id skips nothing",
    [level, control("ruleRemoveById=20"), gate, strict, marker, last],
    [10, 21, 30],
  ],
  ["nor one taken away in a range", [level, control("ruleRemoveById=15-20"), gate, strict, marker, last], [10, 21, 30]],
  [
    "nor one taken away by its tag",
    [level, control("ruleRemoveByTag=gates"), gate.replace("nolog", "nolog,tag:'gates'"), strict, marker, last],
    [10, 21, 30],
  ],
  ["taken away in the same phase", [level, control("ruleRemoveById=20", 2), gate, strict, marker, last], [10, 21, 30]],
  [
    "another rule that is taken away changes nothing else",
    [level, control("ruleRemoveById=30"), gate, strict, marker, last],
    [10],
  ],
  [
    "a request sets the variable",
    [level, 'SecRule ARGS "@rx x" "id:10,phase:1,pass,setvar:tx.level=3"', gate, strict, marker, last],
    [10, 21, 30],
  ],
  [
    "a request adds to it in a chain",
    [
      level,
      'SecRule ARGS "@rx x" "id:10,phase:1,pass,chain"\nSecRule ARGS "@rx x" "setvar:tx.level=+1"',
      gate,
      strict,
      marker,
      last,
    ],
    [10, 21, 30],
  ],
  [
    "a macro may name the variable",
    [level, 'SecRule ARGS "@rx x" "id:10,phase:1,pass,setvar:tx.lev%{ARGS_NAMES}=3"', gate, strict, marker, last],
    [10, 21, 30],
  ],
  [
    "a macro of another name does not",
    [level, 'SecRule ARGS "@rx x" "id:10,phase:1,pass,setvar:tx.other%{ARGS_NAMES}=3"', gate, strict, marker, last],
    [10, 30],
  ],
  [
    "the operator's macro is what counts",
    [
      `${level}\nSecAction "id:2,phase:1,pass,nolog,setvar:tx.least=1"`,
      gate.replace("@lt 2", "@lt %{tx.least}"),
      strict,
      marker,
      last,
    ],
    [21, 30],
  ],
  [
    "an earlier rule leads into the group",
    [
      level,
      'SecRule ARGS "@rx x" "id:10,phase:2,pass,skipAfter:MIDDLE"',
      gate,
      "SecMarker MIDDLE",
      strict,
      marker,
      last,
    ],
    [10, 21, 30],
  ],
  [
    "rules are counted",
    [level, 'SecRule ARGS "@rx x" "id:10,phase:2,pass,skip:1"', gate, strict, marker, last],
    [10, 21, 30],
  ],
  [
    "a capture is not a setting",
    [
      'SecRule ARGS "@rx (x)" "id:10,phase:1,pass,capture"',
      'SecRule TX:1 "@streq x" "id:20,phase:2,pass,nolog,skipAfter:END"',
      strict,
      marker,
      last,
    ],
    [10, 30],
  ],
  [
    "a gate with something to do is run",
    [
      level,
      gate.replace("nolog,", "nolog,setvar:tx.seen=1,"),
      strict,
      marker,
      'SecRule TX:seen "@eq 1" "id:31,phase:2,pass"',
    ],
    [31],
  ],
  ["a gate leads to the end of its phase", [level, gate.replace("END", "NOWHERE"), strict, last], []],
]

function control(what: string, phase = 1): string {
  return `SecRule ARGS "@rx x" "id:10,phase:${phase},pass,ctl:${what}"`
}

function matching(text: string, shortCuts: boolean): readonly number[] {
  const { program } = compile([{ path: "narrow.conf", text }], () => "", { shortCuts })
  const onFailure = () => {
    throw new Error("a rule failed")
  }
  const run = createRuleRun({ program, onFailure })
  const of = exchange({ target: "/?el=x" })
  // The second is the one that goes on from what the first found out.
  run(of, [1, 2])
  return run(of, [1, 2]).matched.map(({ rule }) => rule.id)
}

describe("rules that every transaction decides alike", () => {
  it.each(cases)("%s", (_, rules, matches) => {
    expect(matching(rules.join("\n"), false)).toEqual(matches)
    expect(matching(rules.join("\n"), true)).toEqual(matches)
  })

  it("are decided in every case of the table", () => {
    expect(cases.length).toBe(17)
  })
})
