import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { createEventRuleBook } from "../api/index.ts"
import { createIds, systemClock } from "../core/index.ts"
import { cloneEventRule, loadEventRules, parseEventRules } from "../detection/index.ts"
import { createEventTools } from "./event-tools.ts"
import { createReadRecords } from "./event-trial.ts"
import { thisNode } from "./node.ts"
import { shippedEventRules, yamlFilesOnDisk } from "./rule-files.ts"

const loaded = loadEventRules([shippedEventRules], yamlFilesOnDisk)
const ids = createIds(systemClock)
const off = "thwart/reverse-shell"
const book = createEventRuleBook({
  ids,
  loaded,
  states: { states: () => new Map([[off, "off"]]) },
  read: createReadRecords({ ids, node: thisNode("here") }),
})
const audit = readFileSync(join(import.meta.dirname, "..", "..", "examples", "events", "audit.log"), "utf8")
const tools = createEventTools(() => expect.unreachable("nobody reads standard input"))

describe("a clone of an event rule", () => {
  it("is the same rule under another id, in YAML without a mistake, for every rule that comes with Thwart", () => {
    expect(loaded.rules.length).toBeGreaterThan(10)
    for (const rule of loaded.rules) {
      const yaml = tools.clone(rule.id, "mine/copy", [])
      const parsed = parseEventRules(yaml, "mine.yaml")
      expect(parsed, rule.id).toEqual({
        kind: "ok",
        value: [{ ...rule, id: "mine/copy", name: `${rule.name} (copy)` }],
      })
    }
  })

  it("keeps suppressions with their end, distinct counts and a rule that is off", () => {
    const [rule] = loaded.rules
    if (rule === undefined) throw new Error("no rule")
    const changed = {
      ...rule,
      enabled: false,
      windowMs: 90_000,
      threshold: { count: 3, distinct: "exe" },
      suppressions: [
        { filter: 'exe = "/bin/true"', reason: 'a # test: "quoted"', until: Date.parse("2027-01-01") },
        { filter: 'exe = "/bin/false"', reason: "for good", until: null },
      ],
    } as const
    const cloned = cloneEventRule(changed, "mine/copy")
    if (cloned.kind === "bad") throw new Error(JSON.stringify(cloned.diagnostics))
    expect(cloned.value).toContain("window: 90s")
    expect(parseEventRules(cloned.value, "t")).toEqual({
      kind: "ok",
      value: [{ ...changed, id: "mine/copy", name: `${rule.name} (copy)` }],
    })
  })

  it("has an id of its own that can be one, of a rule that there is", () => {
    expect(() => tools.clone("thwart/reverse-shel", "mine/a", [])).toThrow(/did you mean thwart\/reverse-shell\?/)
    expect(() => tools.clone(off, "Mine A", [])).toThrow(/small letters, digits/)
    expect(() => book.clone(off, "mine: [\n")).toThrow(/small letters, digits/)
    expect(() => book.clone(off, off)).toThrow(/already/)
    expect(() => book.clone("no", "mine/a")).toThrow(/there is no event rule no/)
  })
})

describe("the event rules of the API", () => {
  it("are listed with sentence, templates, file and state", async () => {
    const { items } = await book.list()
    expect(items).toHaveLength(loaded.rules.length)
    const one = items.find(({ id }) => id === off)
    expect(one).toMatchObject({ state: "off", enabled: true, file: expect.stringContaining("host.yaml") })
    expect(one?.title).toContain("{{")
    expect(one?.sentence).toMatch(/^When /)
  })

  it("are tried as a filter, which tells of each record what holds and what does not", async () => {
    const trial = await book.try({
      format: "audit",
      records: audit,
      filter: 'syscall = "connect" and (connection.dst_port = 443 or not connection.dst_addr = "203.0.113.0/24")',
    })
    if (trial.kind === "bad") throw new Error(JSON.stringify(trial.problems))
    const { records, matched, unread, leftOut } = trial
    expect([records.length, leftOut, unread]).toEqual([11, 0, [{ line: 35, reason: "line that is no audit record" }]])
    const judged = records.flatMap(({ judgements }) => judgements)
    expect(judged.filter(({ outcome }) => outcome === "match")).toHaveLength(matched)
    for (const { because } of judged) expect(because.length).toBeGreaterThan(0)
    const other = judged.find(({ because }) => because[0]?.startsWith('syscall = "connect": it is "'))
    expect(other).toBeDefined()
  })

  it("are tried as YAML, also where they are off, with titles as their alerts would have them", async () => {
    const yaml = tools.clone(off, "mine/shell", []).replace("enabled: true", "enabled: false")
    expect(yaml).toContain("enabled: false")
    const trial = await book.try({ format: "audit", records: audit, rules: yaml })
    if (trial.kind === "bad") throw new Error(JSON.stringify(trial.problems))
    const raised = trial.records.flatMap(({ judgements }) => judgements).filter(({ outcome }) => outcome === "raised")
    expect(raised).toHaveLength(1)
    expect(raised[0]?.title).not.toContain("{{")
    expect(raised[0]?.because.length).toBeGreaterThan(0)
    expect(trial.sentences).toHaveLength(1)
  })

  it("tell mistakes where they are, with what may have been meant", async () => {
    const cases = [
      [{ filter: 'sycall = "connect"' }, { line: 1, column: 1, offset: 0, length: 6, suggestion: "syscall" }],
      [{ filter: 'exe = "/bin/sh" and\n  user ends_wth "x"' }, { line: 2, column: 8, suggestion: '"ends_with"' }],
      [{ filter: "exe =" }, { line: 1, suggestion: null }],
      [{ rules: "rules:\n  - id: a\n    nme: x\n" }, { line: expect.any(Number), offset: null }],
      [{ rules: "rules: [" }, { code: "YAML_SYNTAX", line: 1 }],
    ] as const
    expect(cases).toHaveLength(5)
    for (const [wish, problem] of cases) {
      const trial = await book.try({ format: "audit", records: audit, ...wish })
      expect(trial.kind, JSON.stringify(wish)).toBe("bad")
      if (trial.kind === "bad") expect(trial.problems[0]).toMatchObject(problem)
    }
  })

  it("are tried on so many records and rules and no more", async () => {
    const line = '{"rule":"r","time":"2026-11-21T10:00:00Z","output":"o"}\n'
    const trial = await book.try({ format: "falco", records: line.repeat(250), filter: "exe exists" })
    expect(trial).toMatchObject({ kind: "ok", leftOut: 50, matched: 0 })
    const rule = tools.clone(off, "mine/x", []).replace(/^rules:\n/, "")
    const many = Array.from({ length: 21 }, (_, index) => rule.replace("mine/x", `mine/x${index}`)).join("")
    await expect(book.try({ format: "falco", records: line, rules: `rules:\n${many}` })).rejects.toThrow(
      "20 rules are tried at once at most, and these are 21",
    )
  })
})
