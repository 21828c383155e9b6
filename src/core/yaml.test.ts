import { describe, expect, it } from "vitest"
import { z } from "zod"
import { parseYaml } from "./yaml.ts"

const schema = z.strictObject({ name: z.string(), ports: z.array(z.int()).optional() })

describe("a YAML text", () => {
  const bad: readonly (readonly [text: string, line: number, column: number, message: RegExp])[] = [
    ["name: x\nports:\n  - 80\n  - many\n", 4, 5, /ports\.1/],
    ["name: x\ncolour: red\n", 2, 9, /Unrecognized key/],
    ["ports: [1]\n", 1, 1, /name/],
    ["name: [\n", 2, 1, /flow/i],
    ["name: x\nname: y\n", 2, 1, /unique/i],
  ]
  it("is refused with the line and column of each mistake", () => {
    expect(bad).toHaveLength(5)
    for (const [text, line, column, message] of bad) {
      const parsed = parseYaml(text, "thwart.yaml", schema)
      expect(parsed.kind, text).toBe("bad")
      if (parsed.kind === "bad")
        expect(parsed.diagnostics[0], text).toMatchObject({
          file: "thwart.yaml",
          line,
          column,
          message: expect.stringMatching(message),
        })
    }
  })

  it("is its value when all is well", () => {
    expect(parseYaml("name: x\n", "a.yaml", schema)).toEqual({ kind: "ok", value: { name: "x" } })
  })

  it("tells of a mistake inside a text where it stands, however the text is written", () => {
    const inner = z.strictObject({
      filter: z.string().superRefine((text, context) => {
        const offset = text.indexOf("X")
        context.addIssue({ code: "custom", message: "X is here", params: { code: "INNER", offset } })
      }),
    })
    const texts = [
      "filter: a bX c\n",
      'filter: "a bX c"\n',
      "filter: 'it''s X'\n",
      "filter: X\n",
      'filter: "X"\n',
      "filter: a\n  b   c\n   d X\n",
      "filter: >-\n  a\n  b\n\n  c X\n",
      "filter: |\n  a\n    b\n  c X d\n",
      "filter: |2-\n    a\n  X\n",
      "filter: &anchor a X\n",
    ]
    for (const text of texts) {
      const parsed = parseYaml(text, "a.yaml", inner)
      const before = text.slice(0, text.indexOf("X")).split("\n")
      // The whole of a text that is only the mistake is told at its quote.
      const column = (before.at(-1)?.length ?? 0) + (text === 'filter: "X"\n' ? 0 : 1)
      expect(parsed, text).toMatchObject({ kind: "bad", diagnostics: [{ code: "INNER", line: before.length, column }] })
    }
    expect(texts).toHaveLength(10)
    const escaped = parseYaml('filter: "a \\x41 X"\n', "a.yaml", inner)
    expect(escaped).toMatchObject({ kind: "bad", diagnostics: [{ line: 1, column: 9 }] })
  })

  it("can't blow up by aliases of aliases", () => {
    const layers = Array.from(
      { length: 20 },
      (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(9)}]`,
    )
    expect(parseYaml(`a0: &a0 x\n${layers.join("\n")}`, "bomb.yaml", schema).kind).toBe("bad")
  })

  it("of nothing but mistakes is told by the first two hundred", () => {
    const texts = ["a: [\n".repeat(2000), "x: 1\n".repeat(2000), `name: x\nports: [${"x, ".repeat(2000)}]`]
    for (const text of texts) {
      const parsed = parseYaml(text, "bad.yaml", schema)
      expect(parsed.kind === "bad" ? parsed.diagnostics.length : 0, text.slice(0, 10)).toBe(200)
    }
  })
})
