import { describe, expect, it } from "vitest"
import { compile } from "../../src/detection/seclang/compile.ts"
import { transformations } from "../../src/detection/seclang/transformations/transformations.ts"
import { runOn } from "./seclang-run.ts"
import { asModSecurity, differences } from "./tables/transformations.ts"

const fewest = 6

const byName = new Map(transformations.map((one) => [one.name, one]))

function transformed(name: string, input: string): string {
  const definition = byName.get(name)
  if (definition === undefined) throw new Error(`there is no transformation ${name}`)
  // The engine asks `touches` first.
  return definition.touches?.test(input) === false ? input : definition.apply(input)
}

describe("each transformation", () => {
  it("makes of bytes what ModSecurity makes of them", () => {
    const cases = Object.entries(asModSecurity).flatMap(([name, table]) =>
      table.map(([input, output]) => ({ name, input, output })),
    )
    expect(cases).toHaveLength(664)
    expect(cases.map(({ name, input }) => ({ name, input, output: transformed(name, input) }))).toEqual(cases)
  })

  it("has cases", () => {
    expect(Object.keys(asModSecurity)).toEqual([...byName.keys()])
    for (const [name, table] of Object.entries(asModSecurity))
      expect(new Set(table.map(([input]) => input)).size, name).toBeGreaterThanOrEqual(fewest)
  })

  it("keeps what ModSecurity loses, and nothing else is different", () => {
    const cases = differences.flatMap(({ cases: own }) => own)
    expect(cases).toHaveLength(41)
    for (const [name, input, modSecurity, ours] of cases) {
      expect(transformed(name, input), `${name} ${input}`).toBe(ours)
      expect(ours, `${name} ${input}`).not.toBe(modSecurity)
    }
  })

  it("does the same in a rule, by its name in any case", () => {
    for (const [name, table] of Object.entries(asModSecurity))
      for (const [input, output] of table.filter(([input]) => !/[\0\r\n]/.test(input))) {
        const rules = `SecRule REQUEST_HEADERS:X "@unconditionalMatch" "id:1,phase:1,t:none,t:${name.toUpperCase()},logdata:'%{MATCHED_VAR}'"`
        const [match] = runOn(rules, { headers: { X: input } }).matched
        expect(match?.logData, `${name} ${input}`).toBe(output)
      }
  })
})

describe("a code page (SecUnicodeMapFile)", () => {
  const file =
    "1252  (ANSI - Latin I)\n0100:41 \n\n20127 (US-ASCII)\n00a0:20 00e4:61 0100:42 2044:2f \n\n437   (OEM)\n2215:2f \n"
  const rules = (page: string) =>
    `SecRule ARGS_NAMES "@unconditionalMatch" "id:1,phase:1,t:none,t:urlDecodeUni,logdata:'%{MATCHED_VAR}'"\nSecUnicodeMapFile unicode.mapping ${page}`
  const decoded = (page: string, text: string) =>
    runOn(rules(page), { target: `/?${text.replaceAll("%", "%25")}` }, { "unicode.mapping": file }).matched[0]?.logData

  const cases: readonly (readonly [page: string, text: string, decoded: string])[] = [
    ["20127", "%u0100", "B"],
    ["1252", "%u0100", "A"],
    ["437", "%u0100", "\0"],
    ["20127", "%u00e4", "a"],
    ["20127", "%U00E4", "a"],
    ["1252", "%u00e4", "\xe4"],
    ["20127", "%u2044", "/"],
    ["437", "%u2215", "/"],
    ["20127", "%u2215", "\x15"],
    ["20127", "%uff0f", "/"],
    ["20127", "%e4", "\xe4"],
  ]
  it("says what byte %uHHHH is, for all rules of the set; what it lacks is told by the low byte", () => {
    expect(cases).toHaveLength(11)
    for (const [page, text, output] of cases) expect(decoded(page, text), `${page} ${text}`).toBe(output)
  })

  it("that is not in the file, and a file that is not there, are mistakes", () => {
    const told = (page: string, files: Readonly<Record<string, string>>) =>
      compile([{ path: "test.conf", text: `SecUnicodeMapFile unicode.mapping ${page}` }], (_, name) => {
        const text = files[name]
        if (text === undefined) throw new Error("no such file")
        return text
      }).diagnostics.map(({ message }) => message)
    expect(told("20127", { "unicode.mapping": file })).toEqual([])
    expect(told("2012", { "unicode.mapping": file })).toEqual([expect.stringMatching(/no code page 2012/)])
    expect(told("x", { "unicode.mapping": file })).toEqual([expect.stringMatching(/not a number/)])
    expect(told("20127", {})).toEqual([expect.stringMatching(/can't be read/)])
  })
})
