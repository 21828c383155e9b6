import { describe, expect, it } from "vitest"
import { formatDiagnostic } from "../core/index.ts"
import { filterLimits, parseFilter } from "./index.ts"
import { testSchema } from "./testing/records.ts"

const problems = (text: string) => {
  const parsed = parseFilter(text, testSchema, "f")
  return parsed.kind === "ok" ? [] : parsed.problems.map((problem) => formatDiagnostic(problem).replace(": error", ""))
}

type Case = readonly [text: string, ...told: string[]]

const cases: readonly Case[] = [
  ["", 'f:1:1: the filter is empty; write a comparison such as event_type = "audit" [FILTER_SYNTAX]'],
  ["  \n ", "f:2:2: the filter is empty"],
  ['sycall = "x"', 'f:1:1: there is no field "sycall"; did you mean syscall? [FILTER_UNKNOWN_FIELD]'],
  ['dst_addr = "::1"', 'f:1:1: there is no field "dst_addr"; did you mean connection.dst_addr?'],
  ['zzz.qqqq = "x"', 'f:1:1: there is no field "zzz.qqqq" [FILTER_UNKNOWN_FIELD]'],
  ['exe contians "x"', 'f:1:5: "contians" is no operator; did you mean "contains"? [FILTER_UNKNOWN_OPERATOR]'],
  ['exe startswith "x"', 'f:1:5: "startswith" is no operator; did you mean "starts_with"?'],
  ['exe == "x"', 'f:1:5: "==" is no operator; did you mean "="? [FILTER_UNKNOWN_OPERATOR]'],
  ['exe <> "x"', 'f:1:5: "<>" is no operator; did you mean "!="?'],
  ['exe =~ "x"', 'f:1:5: "=~" is no operator; did you mean "matches"?'],
  ['exe ≠ "x"', 'f:1:5: "≠" is no operator; did you mean "!="?'],
  ['exe = "x" && syscall = "y"', 'f:1:11: "&&" is no operator; did you mean "and"?'],
  ['!exe = "x"', 'f:1:1: "!" is no operator; did you mean "not"?'],
  ['exe =!= "x"', 'f:1:5: "=!=" is no operator [FILTER_UNKNOWN_OPERATOR]'],
  ["exe = curl", 'f:1:7: a text stands in quotes; did you mean "curl"? [FILTER_SYNTAX]'],
  ["connection.dst_addr = 10.0.0.0/8", 'f:1:23: a text stands in quotes; did you mean "10.0.0.0/8"?'],
  ["exe != NULL", 'f:1:8: "NULL" is no value; did you mean "exists" or "not exists"? [FILTER_SYNTAX]'],
  ["exe = ", "f:1:7: expected a value, not the end"],
  ["exe", "f:1:4: expected an operator such as = or like, not the end"],
  ['exe "x"', "f:1:5: expected an operator such as = or like, not a text"],
  ['"x" = exe', "f:1:1: expected a field's name, not a text"],
  ['exe = "x', 'f:1:7: this text has no closing quote (")'],
  ['exe = "x”', 'f:1:7: this text has no closing quote (")'],
  ["exe = ‘x", "f:1:7: this text has no closing quote (‘)"],
  ['(exe = "x"', 'f:1:1: there is no ")" for this "("'],
  ['exe = "x")', 'f:1:10: there is no "(" for this ")"'],
  ['exe = "x" syscall = "y"', 'f:1:11: expected "and", "or" or the end, not "syscall"'],
  ['exe = "x" and', "f:1:14: expected a field's name, not the end"],
  ['and exe = "x"', 'f:1:1: expected a field\'s name, not "and"'],
  ['exe = "x" or or syscall = "y"', 'f:1:14: expected a field\'s name, not "or"'],
  ["not", "f:1:4: expected a field's name, not the end"],
  ["()", 'f:1:2: expected a field\'s name, not ")"'],
  ['exe not "x"', 'f:1:9: behind "not" stands in, like, contains or another operator in letters, not a text'],
  ['exe not = "x"', 'f:1:9: behind "not" stands'],
  ['exe in "x"', 'f:1:8: behind "in" stands a list: ("a", "b"), not a text'],
  ["exe in ()", 'f:1:9: expected a value, not ")"'],
  ['exe in ("x" "y")', 'f:1:13: expected "," or ")" in the list, not a text'],
  ['exe in ["x")', 'f:1:12: expected "," or "]" in the list, not ")"'],
  ['exe in (["x"]', 'f:1:14: expected "," or ")" in the list, not the end'],
  ["exists(exe", 'f:1:11: expected ")" behind the field, not the end'.replace(", not the end", "")],
  ["exe = 5", 'f:1:7: expected a text in quotes, such as "audit", not 5; did you mean "5"? [FILTER_TYPE]'],
  ['process.pid = "5"', 'f:1:15: expected a number, such as 443, not "5"; did you mean 5? [FILTER_TYPE]'],
  ['process.pid = "five"', 'f:1:15: expected a number, such as 443, not "five" [FILTER_TYPE]'],
  ['success = "TRUE"', 'f:1:11: expected true or false, not "TRUE"; did you mean true?'],
  ['success in ("true")', 'f:1:1: "in" does not go with success, which is true or false; did you mean success = true?'],
  [
    'connection.dst_addr = "nowhere"',
    'f:1:23: expected an address or a range in quotes, such as "10.0.0.0/8", not "nowhere"',
  ],
  ['connection.dst_addr = "10.0.0.0/33"', "f:1:23: expected an address or a range"],
  [
    'connection.dst_addr starts_with "10."',
    'f:1:1: "starts_with" does not go with connection.dst_addr, which is an address; did you mean connection.dst_addr = "10.0.0.0/8"?',
  ],
  [
    'process.pid like "4%"',
    'f:1:1: "like" does not go with process.pid, which is a number; did you mean process.pid =?',
  ],
  ['exe < "b"', 'f:1:1: "<" does not go with exe, which is a text; did you mean exe like?'],
  ['time > "yesterday"', 'f:1:8: expected a time in quotes, such as "2025-06-30T12:00:00Z", not "yesterday"'],
  [
    'time > "2025-06-30T12:00:00"',
    'f:1:8: expected a time in quotes, such as "2025-06-30T12:00:00Z", not "2025-06-30T12:00:00"; did you mean "2025-06-30T12:00:00Z"?',
  ],
  ['time > "2025-13-30"', "f:1:8: expected a time in quotes"],
  [
    'event_type = "audti"',
    'f:1:14: the event type is never "audti"; it is one of: audit, falco, cloudtrail; did you mean "audit"? [FILTER_VALUE]',
  ],
  ['event_type in ("audit", "flaco")', 'f:1:25: the event type is never "flaco"'],
  ['exe contains ""', "f:1:14: every text contains the empty one; did you mean exists?"],
  ['exe matches ""', "f:1:13: an empty regular expression matches every text"],
  ['exe matches "(?=a)"', "f:1:13: a regular expression can't look ahead or behind here"],
  ['exe matches "(?<!a)b"', "f:1:13: a regular expression can't look ahead or behind here"],
  ['exe matches "(a)\\1"', "f:1:13: a regular expression can't refer back here"],
  ['exe matches "(?<x>a)\\k<x>"', "f:1:13: a regular expression can't refer back here"],
  ['exe matches "(?i)curl"', "f:1:13: a regular expression has no flags here; write [Aa] for either case"],
  [
    'exe matches "a{17}"',
    "f:1:13: counts in a regular expression, multiplied where one is in another, are 16 at most here",
  ],
  ['exe matches "(a{8}){8}"', "f:1:13: counts in a regular expression"],
  ['exe matches "(a"', "f:1:13: this is no regular expression: unterminated group"],
  ['exe matches "*"', "f:1:13: this is no regular expression: nothing to repeat"],
  [`exe matches "${"a".repeat(1001)}"`, "f:1:13: a regular expression has at most 1000 characters; this one has 1001"],
  [`exe like "${"a".repeat(1001)}"`, "f:1:10: a pattern has at most 1000 characters"],
  [
    'exe = "x" ; syscall = "y"',
    'f:1:11: ";" has no meaning here',
    'f:1:13: expected "and", "or" or the end, not "syscall"',
  ],
  [
    'exe = "x"\nand sycall = 5\nor (success = 1',
    'f:2:5: there is no field "sycall"',
    'f:3:4: there is no ")"',
    "f:3:15: expected true or false, not 1",
  ],
  [
    "foo = 1 and bar = 2 and exe >> 3",
    'f:1:1: there is no field "foo"',
    'f:1:13: there is no field "bar"',
    'f:1:29: ">>" is no operator',
  ],
  ["exe = and syscall = 5", 'f:1:7: expected a value, not "and"', "f:1:21: expected a text in quotes"],
]

describe("what is wrong in a filter", () => {
  it("is told with its place and what may have been meant, all at once", () => {
    let ran = 0
    for (const [text, ...told] of cases) {
      const found = problems(text)
      expect(found, text).toHaveLength(told.length)
      for (const [index, start] of told.entries()) expect(found[index], text).toContain(start)
      ran++
    }
    expect(ran).toBe(72)
  })

  it("is marked by its offset and length", () => {
    const parsed = parseFilter('exe = "x" and\n sycall = "y"', testSchema)
    expect(parsed).toMatchObject({
      kind: "bad",
      problems: [{ offset: 15, length: 6, line: 2, column: 2, suggestion: "syscall" }],
    })
  })

  it("is told up to a limit", () => {
    expect(problems("a = 1 and ".repeat(1000))).toHaveLength(filterLimits.problems)
  })

  it("may be its size, its depth or the length of a list", () => {
    const nested = (depth: number) => `${"(".repeat(depth)}exe exists${")".repeat(depth)}`
    expect(problems(nested(filterLimits.depth))).toEqual([])
    expect(problems(nested(filterLimits.depth + 1))[0]).toContain(
      'f:1:201: more than 200 parentheses and "not" stand inside',
    )
    expect(problems(`${"not ".repeat(30_000)}exe exists`.slice(0, 60_000))[0]).toContain("more than 200")
    const list = (items: number) => `exe in (${Array.from({ length: items }, () => '"a"').join(",")})`
    expect(problems(list(filterLimits.listItems))).toEqual([])
    expect(problems(list(filterLimits.listItems + 1))[0]).toContain("a list has at most 1000 values")
    const long = (length: number) => 'exe = "x"'.padEnd(length)
    expect(problems(long(filterLimits.textLength))).toEqual([])
    expect(problems(long(filterLimits.textLength + 1))).toEqual([
      "f:1:1: a filter has at most 65536 characters, not 65537 [FILTER_TOO_LARGE]",
    ])
    // Chains are lists, not depth.
    expect(problems(`exe exists${" or exe exists".repeat(4000)}`)).toEqual([])
  })
})
