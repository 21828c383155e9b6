import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { createCli } from "../cli/index.ts"
import { noWorld } from "../cli/testing/no-world.ts"
import { type Intent, systemClock } from "../core/index.ts"
import { parseConfig } from "./config.ts"
import { correlationTools } from "./correlation-tools.ts"
import { announcedServer } from "./data-dir.ts"
import { shippedIntentRules } from "./rule-files.ts"
import { ruleTools } from "./rule-tools.ts"
import { startThwart, type Thwart } from "./start.ts"

const folder = mkdtempSync(join(tmpdir(), "thwart-preview-"))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: string) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const killChain = join(shippedIntentRules, "kill-chain.yaml")
const clusters = file(
  "clusters.yaml",
  "clusters:\n  - { id: my/scans, name: my-scans, title: Many scans, intents: [reconnaissance], groupBy: [attacker], count: 3, enabled: false }\n",
)

describe("thwart correlation", () => {
  let thwart: Thwart
  let dataDir: string
  beforeEach(async () => {
    dataDir = mkdtempSync(join(folder, "data-"))
    const config = parseConfig("listen: { port: 0 }\n", "t.yaml")
    const onError = (error: unknown) => expect.unreachable(String(error))
    thwart = await startThwart({ clock: systemClock, onError }, { config, dataDir })
  })
  afterEach(() => thwart.stop())

  const cli = async (...words: readonly string[]) => {
    const said = { out: "", err: "" }
    const deps = {
      ...noWorld({ fetch, localServer: async () => announcedServer(dataDir) }, said),
      ...{ now: systemClock.now, rules: ruleTools, correlation: correlationTools },
    }
    const code = await createCli(deps, "1").run(["correlation", ...words], new AbortController().signal)
    return { code, ...said }
  }
  /** One attack a minute, each of a scan three times and an exploit, the newest now. */
  const attacks = async (count: number) => {
    const now = systemClock.now()
    const intents: readonly Intent[] = ["reconnaissance", "reconnaissance", "reconnaissance", "exploitation"]
    for (let n = 0; n < count; n++)
      await thwart.ingest(
        intents.map((intent, step) =>
          alertOf(n * 10 + step, intent, {
            at: now - (count - n) * 60_000 + step,
            attacker: `203.0.113.${n + 1}`,
          }),
        ),
      )
  }

  it("previews what ran as it ran, from the oldest alert asked for to the newest", async () => {
    await attacks(5)
    const stored = (await thwart.store.incidents({})).items.filter(({ rule }) => rule === "thwart/kill-chain")
    expect(stored).toHaveLength(5)
    const all = await cli("preview", killChain, "--json")
    expect(all.code).toBe(1)
    const found = JSON.parse(all.out)
    expect(found).toMatchObject({
      kind: "ok",
      alerts: 20,
      whole: true,
      rules: [{ made: 5, attackers: 5, complete: 0 }],
    })
    expect(found.incidents.map(({ id }: { id: string }) => id).sort()).toEqual(stored.map(({ id }) => id).sort())

    const text = await cli("preview", killChain, "--since", "150s")
    expect(text.out).toMatch(
      /thwart\/kill-chain: When one attacker goes through scan .*\n {2}would have made 2 incidents of 2 attackers, 0 with every stage, up to high\n/,
    )
    expect(text.out).toMatch(/203\.0\.113\.5 +thwart\/kill-chain +2\/4 scan/)
    expect(text.out).toMatch(/\n8 alerts, from .* to .*\n$/)
    expect((await cli("preview", killChain, "--since", "7d", "--until", "1d")).code).toBe(0)
    expect((await cli("preview", killChain, "--limit", "6")).out).toMatch(/6 alerts.*\nThere are later alerts/)
    // Nothing was changed by it.
    expect((await thwart.store.incidents({})).items.filter(({ rule }) => rule === "thwart/kill-chain")).toEqual(stored)
  })

  it("previews clusters of a rule that is off", async () => {
    await attacks(2)
    const { code, out } = await cli("preview", clusters)
    expect(code).toBe(1)
    expect(out).toMatch(
      /my\/scans: When there are 3 alerts .*\n {2}would have made 2 alerts of 2 attackers, up to high\n/,
    )
    expect(out).toMatch(/high +203\.0\.113\.2 +3 +Many scans\n/)
  })

  it("tells every mistake with its place", async () => {
    const wrong = file(
      "wrong.yaml",
      "rules:\n  - id: x\n    title: X\n    stages: [{ name: a, intents: [scan] }]\n    windw: 1h\n",
    )
    const { code, out, err } = await cli("preview", wrong)
    expect([code, out]).toEqual([2, ""])
    expect(err).toMatch(/wrong\.yaml:4:35: error: .*intents/)
    expect(err).toMatch(/wrong\.yaml:5:12: error: .*windw/)
    expect(await cli("check", wrong)).toMatchObject({
      code: 2,
      out: expect.stringMatching(/0 rules in 1 files, 2 mistakes\n$/),
    })
  })

  it("previews no more rules at once than a server that is busy can", async () => {
    const rule = (n: number) => `  - { id: r/${n}, title: R, stages: [{ name: a }, { name: b }] }\n`
    const many = (count: number) => `rules:\n${Array.from({ length: count }, (_, n) => rule(n)).join("")}`
    expect((await cli("preview", file("most.yaml", many(100)))).code).toBe(0)
    expect((await cli("preview", file("long.yaml", "#".repeat(70_000)))).err).toMatch(/rules: .*65536 characters/)
    const nothing = await cli("preview", file("nothing.yaml", "a: [\n".repeat(10_000)))
    expect([nothing.code, nothing.err.split("\n").length]).toEqual([2, 202])
    expect((await cli("preview", file("more.yaml", many(101)))).err).toMatch(/100 rules at once .* 101/)
  })

  it("reads the rules that come with it, each as a sentence, as the server shows those that run", async () => {
    const { code, out } = await cli("check", "--json")
    const { rules } = JSON.parse(out)
    expect([code, rules.length]).toEqual([0, 12])
    const { url, token } = (await announcedServer(dataDir)) ?? expect.unreachable("no server")
    const answer = await fetch(`${url}/api/v1/correlation/rules`, { headers: { authorization: `Bearer ${token}` } })
    const { items } = (await answer.json()) as { items: { sentence: string; sources: string[] }[] }
    expect(items.map(({ sentence }) => sentence)).toEqual(rules.map(({ sentence }: { sentence: string }) => sentence))
    for (const { sources } of items) expect(sources.length).toBeGreaterThan(0)
    expect((await cli("check", "--show")).out).toMatch(
      /thwart\/kill-chain: When one attacker goes .*\n(?:.*\n)*12 rules in 5 files, 0 mistakes\n$/,
    )
    expect(readFileSync(killChain, "utf8")).toContain("sources:")
  })
})
