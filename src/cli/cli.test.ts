import { readFileSync } from "node:fs"
import type { Command } from "commander"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { createHarness, type Harness } from "../api/testing/harness.ts"
import { eventTools } from "../app/event-tools.ts"
import { alertAt, incidentAt } from "../store/testing/samples.ts"
import { type CliDeps, createCli } from "./index.ts"
import { noWorld } from "./testing/no-world.ts"

async function run(words: readonly string[], overrides: Partial<CliDeps> = {}) {
  const said = { out: "", err: "" }
  const code = await createCli(noWorld(overrides, said), "1.2.3").run(words, new AbortController().signal)
  return { code, ...said }
}

/** What is typed for it, without the program's own name. */
function wordsOf(command: Command): readonly string[] {
  return command.parent === null ? [] : [...wordsOf(command.parent), command.name()]
}

function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves)
}

describe("the command line", () => {
  it("helps with every command: a description, every option's meaning, and examples", async () => {
    const all = leaves(createCli(noWorld(), "1.2.3").describe())
    expect(all.length).toBeGreaterThanOrEqual(36)
    for (const command of all) {
      const words = wordsOf(command)
      const { code, out } = await run([...words, "--help"])
      expect(code, words.join(" ")).toBe(0)
      expect(out, words.join(" ")).toMatch(/Examples:\n {2}\S*(sudo )?thwart /)
      expect(command.description(), words.join(" ")).toMatch(/^[a-z].{9,}/)
      for (const { flags, description } of command.options)
        expect(description, `${words.join(" ")} ${flags}`).not.toBe("")
    }
  })

  it("tells mistakes by what was given and what is taken, with code 2", async () => {
    const mistakes: readonly (readonly [words: readonly string[], said: RegExp])[] = [
      [["replya"], /Did you mean replay/],
      [["block"], /missing required argument 'target'/],
      [["block", "203.0.113.7", "--for", "soon"], /"soon" is no length of time.*10m/],
      [["block", "203.0.113.7", "--for", "10ms"], /"10ms" is no length of time/],
      [["block", "203.0.113.7", "--limit", "fast"], /"fast" is no rate.*100 packets\/s/],
      [["serve", "--port", "99999"], /"99999" is not a port/],
      [["list", "nothing"], /Allowed choices are countermeasures/],
      [["list", "--limit", "0"], /"0" is not a number from 1 on/],
      [["serve", "--paranoia-level", "5"], /"5" is not a paranoia level \(1 to 4\)/],
      [["rules", "fetch"], /missing required argument 'source'/],
      [["serve", "--nonsense"], /unknown option '--nonsense'/],
    ]
    expect(mistakes).toHaveLength(11)
    for (const [words, said] of mistakes) {
      const { code, err } = await run(words)
      expect(err.replaceAll("\n", " "), words.join(" ")).toMatch(said)
      expect(code, words.join(" ")).toBe(2)
    }
  })

  it("says how to reach a server when there is none", async () => {
    const { code, err } = await run(["list"])
    expect(code).toBe(1)
    expect(err).toMatch(/no server was found.*thwart serve.*\[THWART_API_UNREACHABLE\]/s)
    expect((await run(["list", "--server", "http://127.0.0.1:1"])).err).toMatch(/token is needed/)
    expect((await run(["list", "--server", "http://127.0.0.1:1", "--token", "thw_x"], { fetch })).err).toMatch(
      /no server answers at http:\/\/127\.0\.0\.1:1/,
    )
  })

  it("fetches rules: steps on standard error, what was fetched on the other, and --version is theirs", async () => {
    const asked: unknown[] = []
    const record = { source: "crs", version: "4.28.0", from: "https://example.org/a.tar.gz", sha256: "ab12" }
    const whole = { ...record, fetchedAt: "2026-01-01T00:00:00.000Z", format: "seclang", rules: 630, warnings: 0 }
    const rules: CliDeps["rules"] = {
      ...noWorld().rules,
      fetch: async (options, onStep) => {
        asked.push(options)
        onStep({ kind: "downloading", from: record.from, bytesRead: 0, bytesTotal: 0 })
        onStep({ kind: "downloading", from: record.from, bytesRead: 10, bytesTotal: 10 })
        onStep({ kind: "checking", from: record.from })
        return { outcome: "fetched", folder: "/data/rules/crs", record: whole }
      },
    }
    const words = ["rules", "fetch", "crs", "--version", "4.28.0", "--sha256", "ab12", "--data", "/data"]
    const { code, out, err } = await run(words, { rules })
    expect(asked).toEqual([{ source: "crs", version: "4.28.0", sha256: "ab12", to: undefined, dataDir: "/data" }])
    expect([code, out]).toEqual([0, "crs 4.28.0 is fetched: 630 rules, 0 warnings, in /data/rules/crs\nsha256 ab12\n"])
    expect(err).toBe("downloading https://example.org/a.tar.gz\nchecking https://example.org/a.tar.gz\n")
    const json = await run([...words, "--json"], { rules })
    expect([JSON.parse(json.out), json.err]).toEqual([{ outcome: "fetched", folder: "/data/rules/crs", ...whole }, ""])
    for (const own of [["--version"], ["-V"], ["list", "-V"]]) expect((await run(own)).out).toBe("1.2.3\n")
  })

  it("takes rules and their level in the same way for every command, and what follows is no rule", async () => {
    const told: Record<string, unknown>[] = []
    const keep = (options: object) => {
      told.push({ ...options })
      throw new Error("seen")
    }
    const rules = { ...noWorld().rules, check: keep, test: keep, inspect: keep, readInput: async () => "" }
    // The cast holds: none of them returns.
    const world = { serve: keep, replay: keep, proxy: keep, rules } as unknown as Partial<CliDeps>
    const taking: readonly (readonly [command: readonly string[], rest: readonly string[]])[] = [
      [["serve"], []],
      [["replay"], ["a.pcap"]],
      [["proxy", "--to", "http://127.0.0.1:1"], []],
      [["inspect"], ["request.http"]],
      [["rules", "check"], []],
      [["rules", "test", "--ftw", "tests"], []],
    ]
    for (const [command, rest] of taking) {
      const flags = ["--rules", "crs", "--paranoia-level", "3", "--rules", "own.conf", ...rest, "--data", "/data"]
      expect((await run([...command, ...flags], world)).err).toContain("seen")
      expect(told.at(-1)).toMatchObject({ rules: ["crs", "own.conf"], paranoiaLevel: 3, dataDir: "/data" })
    }
    expect(told).toHaveLength(6)
    expect(told[1]).toMatchObject({ files: ["a.pcap"] })
    await run(["rules", "check", "--rules", "crs", "own.conf"], world)
    await run(["rules", "list", "--rules", "crs", "--rules", "own.conf", "sql"], world)
    for (const options of told.slice(6)) expect(options).toMatchObject({ rules: ["crs", "own.conf"] })
    expect(told).toHaveLength(8)
  })

  it("ends a replay with the code of what it found, and prints the timeline with the matched bytes marked", async () => {
    const hostile = "x' UNION\u001b]0;owned\u0007 SELECT"
    const alert = alertAt(1000, "a", {
      title: "SQL injection",
      contributions: [
        {
          rule: "9500200" as never,
          message: "SQL: a UNION",
          severity: "high",
          score: 5,
          tags: [],
          matches: [{ variable: "ARGS:q", value: hostile, offset: 3, length: 5 }],
        },
      ],
    })
    const stage = {
      index: 1,
      name: "exploitation",
      intent: "exploitation",
      tactic: null,
      technique: "T1190",
      firstAt: 1000,
      lastAt: 1000,
      count: 1,
      alerts: [alert.id],
      because: "test",
    } as const
    const found: CliDeps["replay"] = async (_options, on) => {
      on.onAlert(alert)
      on.onAlert(alertAt(2000, "alone"))
      return {
        incidents: [incidentAt(1000, "a", { stages: [stage] })],
        files: [{ file: "a.pcap", observations: 2, skipped: { "truncated packet": 3 } }],
        observations: 2,
        alerts: 2,
        rules: new Map(),
      }
    }
    const { code, out } = await run(["replay", "a.pcap"], { replay: found })
    expect(code).toBe(1)
    expect(out).toContain("ARGS:q = x' »UNION«\\x1b]0;owned\\x07 SELECT")
    expect(out).toContain("1 of 4 stages")
    expect(out).toMatch(/belong to no incident\n.*\n.*203\.0\.113\.66/)
    expect(out).toContain("skipped: truncated packet 3")
    expect([...out].filter((character) => character < " " && character !== "\n")).toEqual([])

    const nothing: CliDeps["replay"] = async () => ({
      incidents: [],
      files: [],
      observations: 0,
      alerts: 0,
      rules: new Map(),
    })
    expect((await run(["replay", "a.pcap"], { replay: nothing })).code).toBe(0)
    const broken: CliDeps["replay"] = async (options, on) => {
      on.onProblem({ file: "b.pcap", code: "THWART_FILE_UNREADABLE", message: "it is not there" })
      return nothing(options, on, new AbortController().signal)
    }
    const problem = await run(["replay", "b.pcap"], { replay: broken })
    expect(problem.code).toBe(3)
    expect(problem.err).toContain("b.pcap: it is not there [THWART_FILE_UNREADABLE]")

    const lines = (await run(["replay", "a.pcap", "--json"], { replay: found })).out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(lines.map(({ kind }) => kind)).toEqual(["alert", "alert", "incident", "summary"])
  })
})

describe("the command line with a server", () => {
  let harness: Harness
  let server: Partial<CliDeps>
  beforeEach(async () => {
    harness = await createHarness({}, {}, [])
    const [url, token] = [await harness.api.listen(), await harness.tokenOf("admin")]
    server = { fetch, localServer: async () => ({ url, token }), now: harness.clock.now }
  })
  afterEach(() => harness.close())
  const thwart = (...words: readonly string[]) => run(words, server)

  it("blocks, lists, explains and unblocks", async () => {
    expect((await thwart("list")).out).toBe("Nothing is blocked.\n")
    expect((await thwart("block", "203.0.113.7", "--for", "10m", "--reason", "noise")).out).toMatch(
      /^203\.0\.113\.7\/32 is blocked for 10 min \(cm_/,
    )
    expect((await thwart("list")).out).toMatch(/203\.0\.113\.7 +nowhere +10 min +token:admin +noise/)
    expect((await thwart("explain", "203.0.113.7")).out).toMatch(/203\.0\.113\.7\/32.*token:admin.*noise/s)
    expect((await thwart("unblock", "203.0.113.7", "--false-positive")).out).toMatch(
      /is no longer blocked \(cm_\w+, false-positive\)/,
    )
    expect((await thwart("unblock", "203.0.113.7")).err).toMatch(/nothing blocks 203\.0\.113\.7/)
    expect(
      (await thwart("list", "--all", "--json")).out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).endReason),
    ).toEqual(["false-positive"])
  })

  it("limits, and tells to what", async () => {
    expect((await thwart("block", "203.0.113.7", "--direction", "outbound", "--limit", "20 kbytes/s")).out).toMatch(
      /^203\.0\.113\.7\/32 is limited to 20 kbytes\/s for 1 h \(cm_/,
    )
    expect((await thwart("list")).out).toMatch(/limit outbound to 20 kbytes\/s +203\.0\.113\.7/)
    expect((await thwart("explain", "203.0.113.7")).out).toMatch(
      /limit of 203\.0\.113\.7\/32, outbound, to 20 kbytes\/s/,
    )
    expect((await thwart("unblock", "203.0.113.7")).out).toMatch(/is no longer limited to 20 kbytes\/s \(cm_/)
  })

  it("passes on what a guardrail refuses", async () => {
    const { code, err } = await thwart("block", "127.0.0.1")
    expect([code, err]).toEqual([1, expect.stringMatching(/loopback.*\[THWART_API_REFUSED\]/)])
    expect((await thwart("block", "127.1")).code).toBe(2)
  })

  it("keeps the allowlist, users and tokens", async () => {
    expect((await thwart("allow", "192.0.2.0/24", "--comment", "office", "--until", "30d")).out).toMatch(
      /192\.0\.2\.0\/24 is on the allowlist/,
    )
    expect((await thwart("list", "allowlist")).out).toMatch(
      /192\.0\.2\.0\/24 +- +everywhere +\d+ d.* +token:admin +office/,
    )
    expect((await thwart("disallow", "192.0.2.0/24")).out).toMatch(/off the allowlist/)
    expect((await thwart("user", "add", "ada", "--role", "analyst")).out).toMatch(
      /ada signs in with the one-time password \S+/,
    )
    expect((await thwart("user", "list")).out).toMatch(/ada +analyst +enabled/)
    expect((await thwart("token", "create", "grafana", "--role", "viewer")).out).toMatch(/^thw_\S+\n$/)
    const id = /(tok_\w+) +grafana/.exec((await thwart("token", "list")).out)?.[1] ?? ""
    expect((await thwart("token", "revoke", id)).out).toBe(`${id} is revoked\n`)
    expect((await thwart("list", "audit")).out).toMatch(/token revoked/)
  })

  it("puts any kind on the allowlist, shows what that ends, and takes it off again", async () => {
    await run(["block", "203.0.113.9", "--for", "1h"], server)
    const words = ["--comment", "scanner", "--owner", "security", "--node", "staging", "--until", "2099-01-01"]
    const added = await run(["allowlist", "add", "203.0.113.8-203.0.113.12", ...words], server)
    expect(added.out).toMatch(
      /^203\.0\.113\.8-203\.0\.113\.12 is on the allowlist \(alw_\w+\)\n {2}no longer blocked: 203\.0\.113\.9\/32 \(cm_\w+\)\n$/,
    )
    expect((await run(["allowlist", "list"], server)).out).toMatch(
      /203\.0\.113\.8-203\.0\.113\.12 +- +staging +\d+ d.* +security +scanner/,
    )
    expect((await run(["allowlist", "remove", "203.0.113.8-203.0.113.12"], server)).out).toMatch(/is off the allowlist/)
    expect((await run(["allowlist", "list"], server)).out).toBe("The allowlist is empty.\n")
    const mistakes: readonly (readonly [string, number, RegExp])[] = [
      ["203.0.113", 2, /"203\.0\.113" is no address .* or host name/],
      ["AS0", 1, /asn/],
      ["AS64500", 1, /no database of autonomous systems is configured; name one with asnDatabase/],
      ["office.example.com", 1, /can't be resolved here; give its addresses/],
    ]
    expect(mistakes).toHaveLength(4)
    for (const [what, code, said] of mistakes)
      expect(await run(["allowlist", "add", what, "--comment", "c"], server), what).toMatchObject({
        code,
        err: expect.stringMatching(said),
      })
  })

  it("adds to the allowlist what a file lists, all of it or nothing", async () => {
    const importing = (text: string, ...flags: readonly string[]) =>
      run(["allowlist", "import", "friends.txt", ...flags], {
        ...server,
        rules: { ...noWorld().rules, readInput: async () => text },
      })
    const wrong = await importing("192.0.2.1 # ours\n\n192.0.2.300\n192.0.2.2\n")
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringMatching(/nothing was added:\n {2}line 3: "192\.0\.2\.300" is no .*\n {2}line 4: it has no comment/),
    ])
    expect(await harness.store.allowlist()).toEqual([])
    await importing("# partners\r\n192.0.2.1 # ours\r\n2001:db8::/48\r\n", "--comment", "partner", "--owner", "sales")
    expect(
      (await harness.store.allowlist()).map(({ prefix, comment, owner }) => [prefix, comment, owner]).sort(),
    ).toEqual([
      ["192.0.2.1/32", "ours", "sales"],
      ["2001:db8::/48", "partner", "sales"],
    ])
  })

  it("looks back with a policy: a table, friends and a sentence, and 1 when a friend would have been hurt", async () => {
    const now = harness.clock.now()
    const alerts = (["reconnaissance", "exploitation", "installation"] as const).map((intent, index) =>
      alertOf(index, intent, { at: now - 3_600_000 + index * 1000 }),
    )
    await harness.store.record({ alerts })
    const told = await run(["backtest", "thwart/contain-chain", "--since", "2d"], server)
    expect(told.code).toBe(0)
    expect(told.out).toMatch(/^thwart\/contain-chain: 1 High incident .* → block the address for 1 hour\n/)
    expect(told.out).toMatch(/2023-11-14 21:13:22 {2}1 h {2}block {2}203\.0\.113\.7 {2}/)
    expect(told.out).toMatch(/In 2 days it would have blocked 1 address.* It would have hurt no friend that is known\./)
    await run(["allow", "203.0.113.0/24", "--comment", "office"], server)
    const hurt = await run(["backtest", "thwart/contain-chain", "--since", "2d", "--json"], server)
    expect(hurt.code).toBe(1)
    expect(JSON.parse(hurt.out)).toMatchObject({ totals: { hurt: 1 }, friends: [{ subject: "203.0.113.7/32" }] })
    expect((await run(["backtest", "nobody"], server)).err).toMatch(/there is no rule nobody/)
  })

  it("looks back with a file of event rules and of the events of then, which are not stored", async () => {
    const file = "rules/events/host.yaml"
    const rules = { ...noWorld().rules, readInput: async () => readFileSync(file, "latin1") }
    const world = { ...server, rules, events: eventTools }
    const without = await run(["backtest", file], world)
    expect([without.code, without.err]).toEqual([2, expect.stringMatching(/events are not stored: .*--events/)])
    const events = ["--events", "examples/events/audit.log"]
    // The events are of 2025-06-30 12:00.
    harness.clock.set(Date.parse("2025-07-01"))
    const told = await run(["backtest", file, ...events], world)
    expect(told.out).toMatch(
      /In 30 days it would have raised 7 alerts, and had a part in 0 incidents\. By the policies as/,
    )
    expect(told.err).toMatch(/1 records could not be read/)
    const late = await run(["backtest", file, "--since", "2h", ...events], world)
    expect(late.out).toMatch(/In 2 hours it would have raised 0 alerts/)
    expect(late.out).toMatch(/7 alert\(s\) of the given events lie outside of this time, and were left out/)
    expect((await run(["backtest", "thwart/contain-chain", "--events", "x"], world)).err).toMatch(/goes with a file of/)
  })

  it("looks back with intent rules of a file, and with a rule that the server has", async () => {
    const at = harness.clock.now() - 3_600_000
    const alerts = (["reconnaissance", "exploitation"] as const).map((intent, index) =>
      alertOf(index, intent, { at: at + index * 1000 }),
    )
    await harness.store.record({ alerts })
    const yaml =
      "rules: [{ id: a/b, title: Pair, stages: [{ name: a, intents: [reconnaissance] }, { name: b, intents: [exploitation] }] }]"
    const files = { ...server, rules: { ...noWorld().rules, readInput: async () => yaml } }
    const told = await run(["backtest", "pair.yaml"], files)
    expect(told.out).toMatch(/high +203\.0\.113\.7 +2 +Pair +-\n/)
    expect(told.out).toMatch(/it would have recognised 1 incident/)
    expect((await run(["backtest", "942110"], server)).out).toMatch(/it raised 0 alerts, and had a part in 0 incidents/)
  })

  it("switches a policy to automatic only after showing what it would have done, and asking", async () => {
    const at = harness.clock.now() - 1000
    await harness.store.record({ alerts: [alertOf(1, "exploitation", { at })] })
    const id = "thwart/contain-chain"
    const modeNow = async () => (await harness.store.policies()).find((one) => one.id === id)?.mode
    const asked: string[] = []
    const answering = (answer: boolean | undefined) => ({
      ...server,
      confirm: async (question: string) => {
        asked.push(question)
        return answer
      },
    })
    expect((await run(["policy", "mode", id, "monitor"], server)).out).toMatch(
      /^thwart\/contain-chain: Monitor: it shows what it would do/,
    )
    const refused = await run(["policies", "mode", id, "automatic"], answering(false))
    expect([refused.code, refused.err, await modeNow()]).toEqual([1, `${id} is not switched\n`, "monitor"])
    expect(refused.out).toMatch(/In 30 days it would have blocked nothing/)
    const nobody = await run(["policies", "mode", id, "automatic"], answering(undefined))
    expect([nobody.code, await modeNow()]).toEqual([2, "monitor"])
    expect(nobody.err).toMatch(/nobody can be asked here; give --yes/)
    expect(asked).toEqual([`Switch ${id} to automatic?`, `Switch ${id} to automatic?`])
    const agreed = await run(["policies", "mode", id, "automatic"], answering(true))
    expect([agreed.code, await modeNow()]).toEqual([0, "automatic"])
    await run(["policies", "mode", id, "interactive"], server)
    const unasked = await run(["policies", "mode", id, "automatic", "--yes"], server)
    expect([unasked.code, await modeNow()]).toEqual([0, "automatic"])
    expect(unasked.out).toMatch(/In 30 days[\s\S]*Automatic: it acts by itself/)
    expect((await run(["policies", "mode", "nobody", "monitor"], server)).err).toMatch(/there is no policy "nobody"/)
  })

  it("looks back with a file of policies that the server has not", async () => {
    const at = harness.clock.now() - 1000
    await harness.store.record({ alerts: [alertOf(1, "exploitation", { at })] })
    const yaml = "{ id: draft, name: D, on: { kind: alert }, severity: high, window: 1h, for: forever }"
    const files = { ...server, rules: { ...noWorld().rules, readInput: async () => yaml } }
    const told = await run(["backtest", "draft.yaml"], files)
    expect(told.out).toMatch(/ {2}ever {2}block {2}203\.0\.113\.7 {2}/)
    const wrong = { ...files, rules: { ...files.rules, readInput: async () => `${yaml.slice(0, -1)}, cout: 3 }` } }
    const { code, err } = await run(["backtest", "draft.yaml"], wrong)
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/mistakes:\s+draft\.yaml:1:\d+: error: cout: Unrecognized key/),
    ])
  })

  it("shows incidents, alerts, policies and the status", async () => {
    await harness.store.record({ alerts: [alertAt(1, "a")], incidents: [incidentAt(1, "a")] })
    expect((await thwart("list", "incidents")).out).toMatch(/203\.0\.113\.66/)
    expect((await thwart("list", "alerts", "--limit", "1")).out).toMatch(/SQL injection/)
    expect((await thwart("list", "policies")).out).toMatch(/automatic +1 High incident/)
    expect((await thwart("incident", "inc_a", "--status", "closed")).out).toMatch(/status closed/)
    expect((await thwart("status")).out).toMatch(/0 countermeasures/)
    expect((await thwart("incident", "inc_none")).err).toMatch(/there is no incident inc_none/)
  })
})
