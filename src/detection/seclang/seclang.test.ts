import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createRuleRun } from "../engine/rule-run.ts"
import { enableLinearRegexFallback } from "../regex-safety.ts"
import { type Exchange, exchange } from "../testing/exchange.ts"
import { compile, type Program } from "./compile.ts"
import type { Transaction } from "./run/transaction.ts"
import { transformations } from "./transformations/transformations.ts"

const compiled = (text: string, files: Readonly<Record<string, string>> = {}) =>
  compile([{ path: "test.conf", text }], (_file, name) => {
    const found = files[name]
    if (found === undefined) throw new Error(`there is no file ${name}`)
    return found
  })

/** The ids of the rules that match. */
function matching(text: string, of: Exchange, files?: Readonly<Record<string, string>>): readonly string[] {
  const { program, diagnostics } = compiled(text, files)
  expect(diagnostics).toEqual([])
  return runAll(program, of).matched.map(({ rule }) => String(rule.id))
}

function runAll(program: Program, of: Exchange): Transaction {
  const onFailure = ({ id }: { readonly id: number }, message: string) => {
    throw new Error(`rule ${id} failed: ${message}`)
  }
  return createRuleRun({ program, onFailure })(exchange(of), [1, 2, 3, 4, 5])
}

describe("rules", () => {
  const hello = {
    target: "/a/b.php?id=1&name=Ada&x[]=2",
    headers: { Host: "shop.example", Cookie: "s=abc; t=d", "User-Agent": "Test/1" },
  }
  const form = {
    method: "POST",
    target: "/f?g=0",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: "p=1%20+2&q=",
  }
  const json = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: '{"a":{"b":["x",1,true,null]}}',
  }
  const multipart = {
    method: "POST",
    headers: { "Content-Type": "multipart/form-data; boundary=B" },
    body: '--B\r\nContent-Disposition: form-data; name="n"\r\n\r\nv\r\n--B\r\nContent-Disposition: form-data; name="f"; filename="a.php"\r\n\r\n<?\r\n--B--\r\n',
  }

  const cases: readonly (readonly [rule: string, of: Exchange, matches: boolean])[] = [
    ['SecRule ARGS "@streq Ada" "id:1"', hello, true],
    ['SecRule ARGS:id "@eq 1" "id:1"', hello, true],
    ['SecRule ARGS:ID "@eq 1" "id:1"', hello, true],
    ['SecRule ARGS|!ARGS:name "@streq Ada" "id:1"', hello, false],
    ['SecRule ARGS|!ARGS:/^na/ "@streq Ada" "id:1"', hello, false],
    ['SecRule ARGS:/^na/ "@streq Ada" "id:1"', hello, true],
    ['SecRule &ARGS "@eq 3" "id:1"', hello, true],
    ['SecRule &ARGS:none "@eq 0" "id:1"', hello, true],
    ['SecRule ARGS_NAMES "@contains []" "id:1"', hello, true],
    ['SecRule REQUEST_COOKIES:t "@streq d" "id:1"', hello, true],
    ['SecRule REQUEST_HEADERS:host "@endsWith .example" "id:1"', hello, true],
    ['SecRule REQUEST_BASENAME "@streq b.php" "id:1"', hello, true],
    ['SecRule REQUEST_FILENAME "@beginsWith /a/" "id:1"', hello, true],
    ['SecRule QUERY_STRING "@contains id=1&" "id:1"', hello, true],
    ['SecRule REQUEST_METHOD "@within GET HEAD" "id:1"', hello, true],
    ['SecRule REQUEST_METHOD "!@within GET HEAD" "id:1"', hello, false],
    ['SecRule REMOTE_ADDR "@ipMatch 203.0.113.0/24,::1" "id:1"', hello, true],
    ['SecRule REMOTE_ADDR "!@ipMatch 203.0.113.0/24" "id:1"', hello, false],
    ['SecRule REQUEST_HEADERS:User-Agent "@pm curl TEST/" "id:1"', hello, true],
    ['SecRule REQUEST_HEADERS:User-Agent "@rx (?i)^test" "id:1"', hello, true],
    ['SecRule REQUEST_HEADERS:User-Agent "^test" "id:1,t:lowercase"', hello, true],
    ['SecRule REQUEST_HEADERS:User-Agent "^test" "id:1"', hello, false],
    ['SecRule ARGS_POST:p "@streq 1  2" "id:1,phase:2"', form, true],
    ['SecRule ARGS_GET:p "@streq 1  2" "id:1"', form, false],
    ['SecRule ARGS:q "@streq" "id:1"', form, true],
    ['SecRule REQUEST_BODY "@contains %20+" "id:1"', form, true],
    ['SecRule ARGS:json.a.b.array_0 "@streq x" "id:1"', json, true],
    ['SecRule ARGS:json.a.b.array_2 "@streq true" "id:1"', json, true],
    ['SecRule FILES "@rx \\.php$" "id:1"', multipart, true],
    ['SecRule ARGS:n "@streq v" "id:1"', multipart, true],
    ['SecRule ARGS:f "@streq <?" "id:1"', multipart, false],
    ['SecRule RESPONSE_STATUS "@ge 500" "id:1,phase:3"', { status: 503 }, true],
    ['SecRule RESPONSE_BODY "@contains root:" "id:1,phase:4"', { answer: "root:x:0:0" }, true],
    ['SecRule ARGS:id "@eq 1" "id:1,chain"\nSecRule ARGS:name "@streq Ada" "t:none"', hello, true],
    ['SecRule ARGS:id "@eq 1" "id:1,chain"\nSecRule ARGS:name "@streq Bob" "t:none"', hello, false],
    ['SecRule ARGS:id "@rx ^(\\d)$" "id:1,capture,chain"\nSecRule TX:1 "@eq 1" "t:none"', hello, true],
    ['SecAction "id:9,phase:1,nolog,setvar:tx.a=2,setvar:tx.a=+3"\nSecRule TX:a "@eq 5" "id:1"', hello, true],
    ['SecAction "id:9,phase:1,nolog,setvar:tx.n=Ada"\nSecRule ARGS:name "@streq %{tx.n}" "id:1"', hello, true],
    ['SecAction "id:9,phase:2,nolog,skipAfter:END"\nSecRule ARGS:id "@eq 1" "id:1"\nSecMarker "END"', hello, false],
    ['SecAction "id:9,phase:1,nolog,skipAfter:END"\nSecRule ARGS:id "@eq 1" "id:1"\nSecMarker "END"', hello, true],
    ['SecRule ARGS:x "@streq a\\"b" "id:1"', { target: "/?x=a%22b" }, true],
    ['SecRule ARGS:x "@streq ab" \\\n  "id:1,\\\n   phase:2"', { target: "/?x=ab" }, true],
    ['SecRule ARGS:x "@contains %41" "id:1,multiMatch,t:urlDecode"', { target: "/?x=%2541" }, true],
    ['SecRule ARGS:x "@pmFromFile words.data" "id:1"', { target: "/?x=two" }, true],
  ]
  it("mean what the language says", () => {
    expect(cases).toHaveLength(44)
    for (const [rule, of, matches] of cases)
      expect(matching(rule, of, { "words.data": "# numbers\none\ntwo\n" }).includes("1"), rule).toBe(matches)
  })

  const mistakes: readonly (readonly [text: string, line: number, column: number, message: RegExp])[] = [
    ["SecNonsense On", 1, 1, /no directive "SecNonsense"/],
    ["\nSecRule ARGS", 2, 1, /SecRule needs at least 2 arguments, and has 1/],
    ['SecMarker a "b"', 1, 14, /one too many/],
    ['SecRule NOTHING "@rx x" "id:1"', 1, 9, /no variable "NOTHING"/],
    ['SecRule ARGS|NOTHING "@rx x" "id:1"', 1, 14, /no variable "NOTHING"/],
    ['SecRule "ARGS|REQUEST_LINE:x" "@rx x" "id:1"', 1, 15, /has no members/],
    ['SecRule PERF_ALL "@rx x" "id:1"', 1, 9, /PERF_ALL is not supported: time/],
    ['SecRule ARGS:/(/ "@rx x" "id:1"', 1, 16, /"\)" is missing/],
    ['SecRule XML:/a/b "@rx x" "id:1"', 1, 9, /of XML only/],
    ['SecRule !ARGS "@rx x" "id:1"', 1, 9, /nothing to look at/],
    ['SecRule ARGS "@detectLies" "id:1"', 1, 15, /no operator "@detectLies"/],
    ['SecRule ARGS "@fuzzyHash x" "id:1"', 1, 15, /@fuzzyHash is not supported: similarity/],
    ['SecRule ARGS "@rx (" "id:1"', 1, 20, /"\)" is missing/],
    ['SecRule ARGS "@rx a[b" "id:1"', 1, 20, /"\]" is missing/],
    ['SecRule ARGS "@rx \\p{L}" "id:1"', 1, 19, /\\p is not supported/],
    ['SecRule ARGS "@rx %{nope.x}" "id:1"', 1, 19, /no variable "nope.x" for a macro/],
    ['SecRule ARGS "@streq %{nope.x}" "id:1"', 1, 22, /no variable "nope.x" for a macro/],
    ['SecRule ARGS "@validateByteRange 1-300" "id:1"', 1, 34, /not a range of bytes/],
    ['SecRule ARGS "@rx x" "id:1,t:nonsense"', 1, 30, /no transformation "nonsense"/],
    ['SecRule ARGS "@rx x" "id:1,frobnicate"', 1, 28, /no action "frobnicate"/],
    ['SecRule ARGS "@rx x" "id:1,exec:/bin/x"', 1, 28, /"exec" is not supported: no program/],
    ['SecRule ARGS "@rx x" "id:1,phase:9"', 1, 34, /"9" is not a phase/],
    ['SecRule ARGS "@rx x" "id:1,severity:BAD"', 1, 37, /"BAD" is not a severity/],
    ['SecRule ARGS "@rx x" "id:1,capture:yes"', 1, 36, /takes no value/],
    ['SecRule ARGS "@rx x" "id:1,msg:"', 1, 28, /needs a value/],
    ['SecRule ARGS "@rx x" "id:1,setvar:os.x=1"', 1, 35, /can't set variables of "os"/],
    ['SecRule ARGS "@rx x" "id:1,setvar:tx.x=%{no}"', 1, 40, /no variable "no" for a macro/],
    ['SecRule ARGS "@rx x" "id:1,ctl:ruleRemoveTargetById=1;NOPE"', 1, 55, /no variable "NOPE"/],
    ['SecRule ARGS "@rx x" "id:1,ctl:whatever=1"', 1, 32, /ctl knows no/],
    [`SecRule ARGS "@rx x" "id:1,msg:'x"`, 1, 32, /single quote is never closed/],
    ['SecRule ARGS "@rx x\nSecMarker a', 1, 14, /quote " is never closed/],
    ['SecRule ARGS \\\n  "@rx x" \\\n  "id:1,\\\n   phase:7"', 4, 10, /"7" is not a phase/],
    ['SecRule ARGS "@rx x" "phase:2"', 1, 1, /needs an id/],
    ['SecRule ARGS "@rx x" "id:1"\nSecRule ARGS "@rx y" "id:1"', 2, 1, /id 1 is that of the rule at test\.conf:1/],
    ['SecRule ARGS "@rx x" "id:1,chain"', 1, 1, /chain has no end/],
    ['SecRule ARGS "@ipMatch 1.2.3" "id:1"', 1, 24, /"1\.2\.3" is not an address/],
    ['SecRule ARGS "@pmFromFile gone.data" "id:1"', 1, 27, /"gone\.data" can't be read/],
    ["SecRequestBodyAccess Maybe", 1, 22, /neither On nor Off/],
  ]
  it("that are not understood are refused where the mistake stands", () => {
    expect(mistakes).toHaveLength(38)
    const told = mistakes.map(([text]) => compiled(text).diagnostics[0])
    expect(told.map((first) => [first?.line, first?.column])).toEqual(
      mistakes.map(([, line, column]) => [line, column]),
    )
    for (const [index, [text, , , message]] of mistakes.entries())
      expect(told[index], text).toMatchObject({
        severity: "error",
        file: "test.conf",
        message: expect.stringMatching(message),
      })
  })

  it("tell all mistakes of a file at once", () => {
    expect(compiled('SecNonsense\nSecRule ARGS "@rx (" "id:1,t:none,phase:9"\nSecWrong').diagnostics).toHaveLength(4)
  })

  const transforms: readonly (readonly [name: string, from: string, to: string])[] = [
    ["lowercase", "AbC\xc4", "abc\xc4"],
    ["urldecode", "a%20b+c%zz%4", "a b c%zz%4"],
    ["urldecodeuni", "%u0041%uff21%41", "AAA"],
    ["htmlentitydecode", "&lt;&#60;&#x3c;&amp;lt;&#0060", "<<<&lt;<"],
    ["jsdecode", "\\x41\\u0042\\103\\n\\q", "ABC\nq"],
    ["base64decode", "QUJD!rest", "ABC"],
    ["hexdecode", "414243", "ABC"],
    ["removenulls", "a\0b", "ab"],
    ["removewhitespace", " a\t b\xa0", "ab"],
    ["compresswhitespace", "a \t\n b", "a b"],
    ["replacecomments", "a/*x*/b/*y", "a b "],
    ["cmdline", 'C^md "a";  /B', "cmd a/b"],
    ["normalizepath", "/a/./b/../c//d", "/a/c/d"],
    ["normalizepathwin", "a\\b\\..\\c", "a/c"],
    ["trim", "  a ", "a"],
    ["length", "abcd", "4"],
  ]
  it("transform values as they say", () => {
    expect(transforms).toHaveLength(16)
    for (const [name, from, to] of transforms)
      expect(transformations.find((one) => one.name.toLowerCase() === name)?.apply(from), name).toBe(to)
  })

  it("take any bytes anywhere", () => {
    const bytes = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      maxLength: 200,
    })
    const all = transformations
      .map(
        ({ name }, index) =>
          `SecRule ARGS|REQUEST_BODY|REQUEST_COOKIES|FILES|REQUEST_FILENAME "@rx (?i)select|\\.\\./" "id:${index + 1},multiMatch,t:${name}"`,
      )
      .join("\n")
    const { program } = compiled(all)
    const types = ["application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=a", ""]
    fc.assert(
      fc.property(bytes, bytes, bytes, fc.constantFrom(...types), (target, body, cookie, type) => {
        const headers = { "Content-Type": type, Cookie: cookie }
        for (const { matches } of runAll(program, { method: "POST", target, body, headers }).matched)
          for (const { text, offset, length } of matches) expect(offset + length).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 300 },
    )
  })

  it("and any text in place of a rule file give diagnostics, never an exception", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "SecRule",
            "SecAction",
            '"',
            "'",
            "\\",
            "\n",
            "ARGS",
            "|",
            "!",
            "@rx",
            "(",
            "id:1",
            ",",
            "t:",
            "chain",
            "/",
            ":",
            "SecMarker",
            " ",
          ),
          { maxLength: 60 },
        ),
        (words) => {
          compiled(words.join(""))
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe("a pattern over its budget", () => {
  const bad = (variable: string) => `SecRule ${variable} "@rx ^(?:a=)?(.+)\\1c$" "id:1,phase:2,pass,skipAfter:END"`
  const body = `a=${"b".repeat(60_001)}c`
  const of = { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" }, body }

  it.each([["REQUEST_BODY"], ["ARGS"], ["REQUEST_BODY|ARGS"]])(
    "in %s passes its rule over and says so to the rules behind it, as ModSecurity does",
    (variable) => {
      const { program, diagnostics } = compiled(
        `${bad(variable)}\nSecRule TX:/^MSC_/ "!@streq 0" "id:2,phase:2,deny"\nSecRule ARGS "@rx ^b" "id:3,phase:2,pass"\nSecMarker END`,
      )
      expect(diagnostics).toEqual([])
      const failed: number[] = []
      const run = createRuleRun({ program, onFailure: ({ id }) => void failed.push(id) })
      enableLinearRegexFallback()
      expect(run(exchange(of), [1, 2]).matched.map(({ rule }) => rule.id)).toEqual([2, 3])
      expect(failed).toEqual([1])
    },
  )
})
