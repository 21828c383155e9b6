import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { has, testData } from "../../../../test/support/requirements.ts"
import { formDecode } from "../transformations/url-decode.ts"
import { detectInAnyText, detectSqli, shapeOf } from "./sqli/detect.ts"
import { isPlain } from "./sqli/plain.ts"
import type { Token } from "./sqli/token.ts"
import { type Context, createTokenizer } from "./sqli/tokenizer.ts"
import { detectXss } from "./xss/detect.ts"
import { createHtmlTokenizer } from "./xss/html.ts"
import { xssNeeds } from "./xss/suspects.ts"

const data = join(testData, "libinjection")

interface Case {
  readonly file: string
  readonly input: string
  readonly expected: string
}

function casesOf(kind: string): readonly Case[] {
  return readdirSync(join(data, "tests"))
    .filter((file) => file.startsWith(`test-${kind}-`))
    .sort()
    .map((file) => {
      const parts = readFileSync(join(data, "tests", file), "latin1").split(/^--(?:TEST|INPUT|EXPECTED)--\s*$/m)
      const strip = (text = "") =>
        text
          .split("\n")
          .map((line) => line.trimEnd())
          .join("\n")
          .trim()
      return { file, input: strip(parts[2]), expected: strip(parts[3]) }
    })
}

function shown({ kind, value, open, close, count }: Token): string {
  if (kind === "s") return `s ${open}${value}${close}`
  if (kind === "v") return `v ${"@".repeat(count)}${open}${value}${close}`
  return `${kind} ${value}`
}

function tokensOf(input: string, context: Context): string {
  const tokenizer = createTokenizer(input, context)
  const tokens: string[] = []
  for (let next = tokenizer.next(); next !== undefined; next = tokenizer.next()) tokens.push(shown(next))
  return lines(tokens)
}

const lines = (of: readonly string[]) => of.map((line) => line.trimEnd()).join("\n")

function htmlTokensOf(input: string): string {
  const next = createHtmlTokenizer(input, "data")
  const tokens: string[] = []
  for (let token = next(); token !== undefined; token = next())
    tokens.push(`${token.kind},${token.text.length},${token.text}`)
  return lines(tokens).trim()
}

const ansi = { quote: "", dialect: "ansi" } as const

describe.runIf(has("libinjection's own tests", "data"))("libinjection's tests", () => {
  it.each([
    { kind: "tokens", least: 100, run: (input: string) => tokensOf(input, ansi) },
    { kind: "folding", least: 50, run: (input: string) => lines(shapeOf(input, ansi).tokens.map(shown)) },
    { kind: "sqli", least: 20, run: (input: string) => detectSqli(input) ?? "" },
    { kind: "html5", least: 30, run: htmlTokensOf },
  ])("of $kind hold", ({ kind, least, run }) => {
    const cases = casesOf(kind)
    expect(cases.length).toBeGreaterThanOrEqual(least)
    const wrong = cases.filter(({ input, expected }) => run(input) !== expected)
    expect(wrong.map(({ file, input, expected }) => ({ file, input, expected, got: run(input) }))).toEqual([])
  })
})

/** One input a line, percent-encoded; `#` begins a comment. */
function samplesOf(prefix: string): readonly string[] {
  return readdirSync(join(data, "data"))
    .filter((file) => file.startsWith(prefix))
    .flatMap((file) => readFileSync(join(data, "data", file), "latin1").split("\n"))
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => formDecode(line))
}

describe.runIf(has("libinjection's samples", "data"))("libinjection's samples", () => {
  it("of SQL injection are found", () => {
    const samples = samplesOf("sqli-")
    expect(samples.length).toBeGreaterThan(14_000)
    // Which libinjection misses too: names of columns that look like numbers, and lists without a query.
    expect(samples.filter((sample) => detectSqli(sample) === undefined)).toHaveLength(13)
  })

  it("of plain text are not taken for SQL", () => {
    const samples = samplesOf("false_positives")
    expect(samples.length).toBeGreaterThan(400)
    // Those are known to libinjection as well.
    expect(samples.filter((sample) => detectSqli(sample) !== undefined)).toHaveLength(21)
  })

  it("of cross-site scripting are found", () => {
    const samples = samplesOf("xss-")
    expect(samples.length).toBeGreaterThan(40)
    expect(samples.filter((sample) => !detectXss(sample))).toEqual([])
  })
})

describe("the short cuts", () => {
  const words = [
    "union",
    "select",
    "shirt",
    "a.b",
    "json.items",
    "1",
    "12.5",
    "0x1f",
    "1e5",
    "user.name",
    "and",
    "-",
    "--",
    "/*",
    " ",
    "\xa0",
    "ß",
    "=",
    ";",
    "'",
    "1union",
    "ALL",
    "on",
    "onclick",
    "href",
    "java",
    "script",
    ":",
    "&#106;",
    "<",
    ">",
    "\0",
    "\n",
  ]
  const text = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 2 })), { maxLength: 12 })
    .map((list) => list.join(""))

  it("for plain text pass over nothing that is SQL", () => {
    fc.assert(
      fc.property(text, (input) => {
        if (isPlain(input)) expect(detectInAnyText(input)).toBeUndefined()
      }),
      { numRuns: 20_000 },
    )
  })

  it("need what every finding has", () => {
    const lacks = (input: string) =>
      !xssNeeds.bytes.every((set) => [...input].some((byte) => set[byte.charCodeAt(0)] === 1))
    const isLiteral = (input: string) =>
      [...input].some((byte) => xssNeeds.unless[byte.charCodeAt(0)] === 1) ||
      xssNeeds.literals.some((literal) => input.toLowerCase().includes(literal))
    fc.assert(
      fc.property(text, (input) => {
        if (lacks(input) || !isLiteral(input)) expect(detectXss(input)).toBe(false)
        if (/^\w*$/.test(input)) expect(detectInAnyText(input)).toBeUndefined()
      }),
      { numRuns: 20_000 },
    )
  })
})

describe("hostile inputs", () => {
  it("of any bytes are read to their end", () => {
    const bytes = fc.array(fc.constantFrom(...[..."'\"`#-/*!<>=()[]{}@$.,;:&|%\\ \0\nqQxXbBnNuUeE01aOR\xa0\xff"]), {
      maxLength: 80,
    })
    fc.assert(
      fc.property(bytes, (list) => {
        const text = list.join("")
        expect([undefined, detectSqli(text)]).toContain(detectSqli(text))
        expect(typeof detectXss(text)).toBe("boolean")
      }),
      { numRuns: 3000 },
    )
  })

  it("of 100 KB, whatever they repeat, come to an end", () => {
    const pieces = [
      "'",
      '"',
      "`",
      "/*",
      "--",
      "$a",
      "$$",
      "$",
      "@",
      "@@`",
      "q'(",
      "<",
      "<a ",
      "<!--",
      "-\0",
      "<%",
      "(",
      "1+",
      "a,",
      "&#",
      "\\'",
      "[",
      "{a",
      "0x",
    ]
    for (const piece of pieces) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length))
      expect(typeof detectXss(text)).toBe("boolean")
      expect(detectSqli(text) ?? "").toMatch(/^.{0,5}$/)
    }
    expect(pieces).toHaveLength(24)
  })
})
