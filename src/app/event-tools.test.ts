import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { gzipSync } from "node:zlib"
import { afterAll, describe, expect, it } from "vitest"
import { createCli } from "../cli/index.ts"
import { noWorld } from "../cli/testing/no-world.ts"
import { createEventTools } from "./event-tools.ts"
import { openStandardInput } from "./standard-input.ts"

const folder = mkdtempSync(join(tmpdir(), "thwart-event-tools-"))
afterAll(() => rmSync(folder, { recursive: true }))
const examples = join(import.meta.dirname, "..", "..", "examples", "events")

async function thwart(words: readonly string[], input: readonly Buffer[] = []) {
  const said = { out: "", err: "" }
  const deps = noWorld({ events: createEventTools(() => Readable.from(input)) }, said)
  const code = await createCli(deps, "1.2.3").run(["events", ...words], new AbortController().signal)
  return { code, ...said }
}

function written(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const rule = (id: string, filter: string) => `rules:
  - id: ${id}
    name: A rule
    title: "{{exe}} did it"
    description: It was {{user}}
    filter: ${filter}
    severity: low
    classtype: policy-violation
    intent: delivery
`

describe("thwart events check", () => {
  it("is content with the rules that come with Thwart, and says them in English", async () => {
    const { code, out } = await thwart(["check", "--show"])
    expect(code).toBe(0)
    expect(out).toContain(
      'thwart/outbound-connection (off): When the event type is "audit" and the system call is "connect" and the destination address is outside 127.0.0.0/8, ::1/128, ::, 0.0.0.0 or 169.254.0.0/16, raise one low alert',
    )
    expect(out).toMatch(/within 5 minutes, raise one medium alert .* in 5 minutes for the same node and source address/)
    expect(out).toMatch(/16 rules in 3 files, 0 mistakes\n$/)
  })

  it("tells mistakes in every file, with line and column, and code 2", async () => {
    const bad = written("bad.yaml", rule("a", "exce exists").replace("{{exe}}", "{{exo}}"))
    const good = written("good.yaml", rule("b", "exe exists"))
    const { code, out } = await thwart(["check", bad, good])
    expect(code).toBe(2)
    expect(out).toBe(
      `${bad}:4:15: error: rules.0.title: there is no field "exo"; did you mean exe? [TEMPLATE_INVALID]\n${bad}:6:13: error: rules.0.filter: there is no field "exce"; did you mean exe? [FILTER_UNKNOWN_FIELD]\n1 rules in 2 files, 2 mistakes\n`,
    )
    expect(JSON.parse((await thwart(["check", bad, "--json"])).out)).toMatchObject({ files: 1, rules: [] })
    expect((await thwart(["check", join(folder, "none.yaml")])).err).toMatch(/can't be read.*\[THWART_RULES_INVALID\]/)
  })
})

describe("thwart events test", () => {
  it("tells what each rule would have raised, and what could not be read", async () => {
    const { code, out, err } = await thwart([
      "test",
      "--events",
      join(examples, "audit.log"),
      join(examples, "falco.jsonl"),
    ])
    expect(code).toBe(1)
    expect(out).toMatch(
      /^EVENT +TIME +SEVERITY +RULE +TITLE +WHERE\n3 +2025-06-30 12:00:00 +critical +thwart\/reverse-shell .*audit\.log:11\n/,
    )
    expect(out).toMatch(/\nRULE +RAISED +COUNTED +AGGREGATED +SUPPRESSED\n/)
    expect(out).toMatch(/\nthwart\/reverse-shell +2 +0 +0 +0\n/)
    expect(out).toMatch(/\nthwart\/login-failures +0 +1 +0 +0\n/)
    expect(out).toMatch(
      /\n15 events, 7 alerts\nskipped: line that is no audit record 1\nskipped: line that is no JSON 1\n$/,
    )
    expect(err).toContain("audit.log:35: line that is no audit record\n")
    expect([...out].filter((character) => character < " " && character !== "\n")).toEqual([])
  })

  it("tells of one event what became of it at every rule", async () => {
    const { out } = await thwart(["test", "--events", join(examples, "audit.log"), "--explain", "4"])
    expect(out).toContain("thwart/account-file-written: raised\n")
    expect(out).toContain(
      'thwart/authorized-keys-written: no match\n  file.path matches "/\\\\.ssh/authorized_keys2?$": it is "/etc/passwd"\n',
    )
    expect(out).toContain("thwart/outbound-connection: off\n")
    expect(out.match(/^thwart\//gm)).toHaveLength(16)
    const all = await thwart(["test", "--events", join(examples, "audit.log"), "--explain", "1", "--all"])
    expect(all.out).toContain("thwart/outbound-connection: raised\n")
    const beyond = await thwart(["test", "--events", join(examples, "audit.log"), "--explain", "99"])
    expect(beyond.err).toContain("there are only 11 events")
    expect((await thwart(["test", "--events", "x", "--explain", "0"])).code).toBe(2)
  })

  it("prints JSON, one value a line, the summary last", async () => {
    const mine = written("mine.yaml", rule("mine/x", 'exe ends_with "/curl"'))
    const { out } = await thwart(["test", "--rules", mine, "--events", join(examples, "audit.log"), "--json"])
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(lines.map(({ kind }) => kind)).toEqual(["alert", "unread", "summary"])
    expect(lines[0]).toMatchObject({ event: 1, line: 1, alert: { title: "/usr/bin/curl did it" } })
    expect(lines[2]).toMatchObject({
      events: 11,
      alerts: 1,
      files: [{ format: "audit", events: 11 }],
      rules: [{ rule: "mine/x", raised: 1, aggregated: 2 }],
      evicted: 0,
    })
  })

  it("reads standard input, gzip or not, in pieces of any size", async () => {
    const log = readFileSync(join(examples, "cloudtrail.json"))
    for (const content of [log, gzipSync(log)])
      for (const size of [1, 1000, content.length]) {
        const pieces = Array.from({ length: Math.ceil(content.length / size) }, (_, index) =>
          content.subarray(index * size, (index + 1) * size),
        )
        const { code, out } = await thwart(["test", "--events", "-", "--format", "cloudtrail"], pieces)
        expect(code).toBe(1)
        expect(out).toMatch(/\n8 events, 3 alerts\n$/)
      }
    expect(await thwart(["test", "--events", "-"])).toMatchObject({
      code: 3,
      err: expect.stringMatching(/said with --format/),
    })
    const empty = openStandardInput(Readable.from([]))
    for await (const _ of empty.chunks()) expect.unreachable()
    const cut = await thwart(["test", "--events", "-", "--format", "cloudtrail"], [gzipSync(log).fill(0xff, 500, 700)])
    expect(cut.out).toMatch(/skipped: gzip data damaged/)
  })

  it("tells files that it can't read, and goes on", async () => {
    const notes = written("notes.txt", "dear diary\n")
    const { code, err, out } = await thwart([
      "test",
      "--events",
      notes,
      join(folder, "none"),
      join(examples, "falco.jsonl"),
    ])
    expect(code).toBe(3)
    expect(err).toMatch(/notes\.txt: .*holds no records.*\[THWART_FORMAT_UNKNOWN\]/)
    expect(err).toMatch(/none: can't read .*\[THWART_FILE_UNREADABLE\]/)
    expect(out).toMatch(/\n4 events, 3 alerts\n/)
    const wrong = written("wrong.yaml", rule("a", "exce exists"))
    expect(await thwart(["test", "--rules", wrong, "--events", notes])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/1 mistake:\n.*wrong\.yaml:6:13: .*\[THWART_RULES_INVALID\]/s),
    })
  })
})
