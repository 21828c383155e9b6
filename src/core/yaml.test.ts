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

  it("can't blow up by aliases of aliases", () => {
    const layers = Array.from(
      { length: 20 },
      (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(9)}]`,
    )
    expect(parseYaml(`a0: &a0 x\n${layers.join("\n")}`, "bomb.yaml", schema).kind).toBe("bad")
  })
})
