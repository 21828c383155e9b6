import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { formatDiagnostic } from "../../core/index.ts"
import { checkEventRules, eventRuleSentence, loadEventRules, parseEventRules } from "./index.ts"

const seed = `rules:
  - id: self-protect/outbound
    name: "Self Protect: Network: Outbound Connection (Connects) to WAN"
    title: "Self Protect: {{exe}} ran by user {{user}} connected to {{dst_ip}}"
    description: >-
      This alerts when a program connects to an external
      server's service. It was {{ exe }}.
    filter: >-
      event_type = “audit” and syscall = “connect" and
      (connection.dst_addr != “127.0.0.0/8” and
      connection.dst_addr != “::1/128”)
    severity: low
    classtype: policy-violation
    intent: actions-on-objectives
    tactic: TA0010
    technique: T1048
    aggregate: [user, exe, dst_ip]
    threshold: { count: 2, distinct: dst_port }
    window: 10m
    suppressions:
      - filter: exe = "/usr/bin/apt"
        reason: updates
        until: 2026-01-31
`

const told = (text: string) => {
  const parsed = parseEventRules(text, "e.yaml")
  return parsed.kind === "ok" ? [] : parsed.diagnostics.map(formatDiagnostic)
}

const cases: readonly (readonly [what: string, text: string, ...told: string[]])[] = [
  [
    "a field that is none, in a folded filter",
    seed.replace("dst_addr != “::1", "dts_addr != “::1"),
    'e.yaml:11:7: error: rules.0.filter: there is no field "connection.dts_addr"; did you mean connection.dst_addr? [FILTER_UNKNOWN_FIELD]',
  ],
  [
    "two mistakes in one filter",
    seed.replace("syscall", "sycall").replace("::1/128", "nowhere"),
    'e.yaml:9:32: error: rules.0.filter: there is no field "sycall"; did you mean syscall?',
    "e.yaml:11:30: error: rules.0.filter: expected an address",
  ],
  [
    "a field that is none, in a quoted title",
    seed.replace("{{dst_ip}}", "{{dst}}"),
    'e.yaml:4:71: error: rules.0.title: there is no field "dst"',
  ],
  [
    "a field that is none, in a folded description",
    seed.replace("{{ exe }}", "{{ exee }}"),
    'e.yaml:7:35: error: rules.0.description: there is no field "exee"; did you mean exe? [TEMPLATE_INVALID]',
  ],
  [
    "a template that does not end",
    seed.replace("{{dst_ip}}", "{{dst_ip"),
    'e.yaml:4:69: error: rules.0.title: there is no "}}" for this "{{"',
  ],
  [
    "a filter of a suppression",
    seed.replace('exe = "/usr', 'exec = "/usr'),
    'e.yaml:21:17: error: rules.0.suppressions.0.filter: there is no field "exec"; did you mean exe?',
  ],
  [
    "a plain filter",
    seed.replace(/filter: >-\n[\s\S]*?severity/, "filter: exe exists or foo = 1\n    severity"),
    'e.yaml:8:27: error: rules.0.filter: there is no field "foo"',
  ],
  [
    "a filter in single quotes",
    seed.replace(/filter: >-\n[\s\S]*?severity/, "filter: 'exe = ''x'' or foo = 1'\n    severity"),
    'e.yaml:8:29: error: rules.0.filter: there is no field "foo"',
  ],
  [
    "a literal filter",
    seed.replace("filter: >-", "filter: |").replace("syscall", "sycall"),
    'e.yaml:9:32: error: rules.0.filter: there is no field "sycall"',
  ],
  [
    "a field to aggregate by",
    seed.replace("[user, exe,", "[user, exce,"),
    'e.yaml:17:23: error: rules.0.aggregate.1: there is no field "exce"; did you mean exe?',
  ],
  [
    "a field to count",
    seed.replace("dst_port }", "port }"),
    'e.yaml:18:38: error: rules.0.threshold.distinct: there is no field "port"',
  ],
  [
    "an id with blanks",
    seed.replace("id: self-protect/outbound", "id: Self Protect"),
    "e.yaml:2:9: error: rules.0.id: small letters, digits",
  ],
  ["an unknown severity", seed.replace("severity: low", "severity: huge"), "e.yaml:12:15: error: rules.0.severity: "],
  ["a window without a unit", seed.replace("10m", "'10'"), "e.yaml:19:13: error: rules.0.window: "],
  ["no end that is a date", seed.replace("2026-01-31", "soon"), "e.yaml:23:16: error: rules.0.suppressions.0.until: "],
  ["an unknown key", seed.replace("aggregate:", "aggregated:"), "e.yaml:17:17: error: rules.0: Unrecognized key"],
  [
    "one id twice",
    `${seed}${seed.replace("rules:\n", "")}`,
    'e.yaml:24:9: error: rules.1.id: two rules have the id "self-protect/outbound"',
  ],
]

describe("a file of event rules", () => {
  it("gives its rules", () => {
    expect(parseEventRules(seed, "e.yaml")).toMatchObject({
      kind: "ok",
      value: [
        {
          id: "self-protect/outbound",
          enabled: true,
          windowMs: 600_000,
          aggregate: ["user", "exe", "dst_ip"],
          threshold: { count: 2, distinct: "dst_port" },
          suppressions: [{ reason: "updates", until: Date.UTC(2026, 0, 31) }],
        },
      ],
    })
  })

  it.each(cases)("tells of %s, with line and column", (_, text, ...expected) => {
    expect(cases).toHaveLength(17)
    const found = told(text)
    expect(found, found.join("\n")).toHaveLength(expected.length)
    for (const [index, start] of expected.entries()) expect(found[index]).toContain(start)
  })

  it("tells everything of one file at once", () => {
    const text = seed
      .replace("{{dst_ip}}", "{{dst}}")
      .replace("syscall", "sycall")
      .replace("severity: low", "severity: huge")
    expect(told(text)).toHaveLength(3)
  })
})

describe("any text", () => {
  it("gives rules or what is wrong with them, where it stands, and never throws", () => {
    const edit = fc.record({
      at: fc.nat(seed.length),
      cut: fc.nat(20),
      put: fc.oneof(
        fc.string({ maxLength: 10 }),
        fc.constantFrom(
          '"',
          "'",
          "{{",
          "}}",
          "\n",
          "\n    ",
          ": ",
          "- ",
          "|",
          ">-",
          "&a ",
          "*a",
          "\\",
          "“",
          "and",
          "(",
          "x = 1",
        ),
      ),
    })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        const text = edits.reduce((now, { at, cut, put }) => now.slice(0, at) + put + now.slice(at + cut), seed)
        const parsed = parseEventRules(text, "e.yaml")
        const lines = text.split("\n")
        if (parsed.kind === "bad") {
          expect(parsed.diagnostics.length).toBeGreaterThan(0)
          for (const { line, column } of parsed.diagnostics) {
            expect(line).toBeGreaterThanOrEqual(1)
            expect(line).toBeLessThanOrEqual(lines.length)
            expect(column).toBeGreaterThanOrEqual(1)
            expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1)
          }
        } else for (const rule of parsed.value) expect(eventRuleSentence(rule)).toMatch(/^When /)
      }),
      { numRuns: 1000 },
    )
  })
})

describe("several files of event rules", () => {
  const disk = new Map([
    ["a.yaml", seed],
    ["b.yaml", seed.replace("self-protect/outbound", "b")],
    ["c.yaml", seed],
    ["bad.yaml", seed.replace("syscall", "sycall")],
  ])
  const files = {
    list: (path: string) => (path === "all" ? [...disk.keys()] : [path]),
    read: (path: string) => disk.get(path) ?? expect.unreachable(path),
  }

  it("are read as one, where no id may stand twice", () => {
    expect(checkEventRules(["a.yaml", "b.yaml", "a.yaml"], files)).toMatchObject({ files: 2, diagnostics: [] })
    const checked = checkEventRules(["all"], files)
    expect(checked.rules.map(({ id }) => id)).toEqual(["self-protect/outbound", "b"])
    expect(checked.diagnostics.map(({ file, message }) => [file, message])).toEqual([
      ["c.yaml", 'a rule with the id "self-protect/outbound" stands in a.yaml already'],
      ["bad.yaml", expect.stringContaining("sycall")],
    ])
    expect(() => loadEventRules(["all"], files)).toThrow(/the event rules have 2 mistakes:\n {2}c\.yaml:2:1/)
  })

  it("are refused when one can't be read", () => {
    const broken = {
      list: () => {
        throw new Error("gone")
      },
      read: files.read,
    }
    expect(() => checkEventRules(["x"], broken)).toThrow(/the event rules in x can't be read/)
  })
})
