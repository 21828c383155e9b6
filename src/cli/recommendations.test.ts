import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createHarness, type Harness } from "../api/testing/harness.ts"
import { asking, propose } from "../api/testing/proposals.ts"
import { policyId } from "../core/index.ts"
import { createCli } from "./index.ts"
import { noWorld } from "./testing/no-world.ts"

let harness: Harness
let url: string
let token: string
beforeEach(async () => {
  harness = await createHarness()
  url = await harness.api.listen()
  token = await harness.tokenOf("admin")
  await propose(harness, ["203.0.113.1", "203.0.113.2", "203.0.113.3"])
})
afterEach(() => harness.close())

const thwart = async (...words: readonly string[]) => {
  const said = { out: "", err: "" }
  const deps = noWorld({ fetch, localServer: async () => ({ url, token }) }, said)
  const wide = { ...deps, out: { ...deps.out, columns: 200 } }
  const code = await createCli(wide, "1.2.3").run(words, new AbortController().signal)
  return { code, ...said }
}
const pendingIds = async () =>
  [...(await thwart("recommendations", "show", "ask")).out.matchAll(/prp_\w+/g)].map(([id]) => id)

describe("thwart recommendations", () => {
  it("lists a row for each policy, and shows what is pending by the id of either", async () => {
    const listed = await thwart("recommendations")
    expect(listed.out).toMatch(/^ID +ACTION +POLICY +PENDING +TARGET +SOURCE +NODE +SEVERITY +SEEN/)
    expect(listed.out).toMatch(/rec_\w+ +block +ask +3 +\* +\* +web-1 +high +1 of 1 +0 s ago/)
    const id = /rec_\w+/.exec(listed.out)?.[0] ?? ""
    expect(JSON.parse((await thwart("recommendations", "list", "--json")).out)).toMatchObject({ id, pending: 3 })
    const shown = await thwart("recommendations", "show", id)
    expect(shown.out).toMatch(
      /^Ask first \(ask\): 1 .* → block the address for 1 minute\n3 pending \(rec_\w+\)\n\nID +TARGET/,
    )
    expect(shown.out).toMatch(/203\.0\.113\.2 +203\.0\.113\.2 +web-1 +high +1 of 1 +0 s ago +1 d +stands +-/)
    expect(
      JSON.parse((await thwart("recommendations", "show", "ask", "--json", "--limit", "2")).out).items,
    ).toHaveLength(2)
    expect((await thwart("recommendations", "show", "nobody")).err).toMatch(/nothing of "nobody" is pending/)
  })

  it("accepts some of it for a time, ignores some once, and tells what became of each", async () => {
    const [one = "", two = ""] = await pendingIds()
    const accepted = await thwart(
      "recommendations",
      "accept",
      "ask",
      "--pending",
      one,
      "--for",
      "2h",
      "--reason",
      "t 4711",
    )
    expect(accepted.code).toBe(0)
    expect(accepted.out).toMatch(
      /^TARGET +BECAME.*\n203\.0\.113\.\d +accepted +cm_\w+ +t 4711 +prp_\w+\n2 are still pending\.\n$/,
    )
    expect(harness.responder.desired()).toMatchObject([{ expiresAt: harness.clock.now() + 7_200_000 }])
    const again = await thwart("recommendations", "accept", "ask", "--pending", one)
    expect([again.code, again.out]).toEqual([1, `${one} was pending no more\n2 are still pending.\n`])
    expect((await thwart("recommendations", "ignore", "ask", "--pending", two)).out).toMatch(/dismissed/)
    expect((await thwart("recommendations", "accept", "ask", "--json")).out.trim().split("\n")).toHaveLength(1)
    expect((await thwart("recommendations", "list")).out).toBe("Nothing is proposed.\n")
  })

  it("exits with 1 when a guardrail refuses some of it", async () => {
    await harness.store.record({
      allowlist: [
        { id: "alw", prefix: "203.0.113.1/32" as never, comment: "ours", owner: "x", createdAt: 0, expiresAt: null },
      ],
    })
    const { code, out } = await thwart("recommendations", "accept", "ask")
    expect(code).toBe(1)
    expect(out).toMatch(/203\.0\.113\.1 +refused +- +203\.0\.113\.1\/32 touches 203\.0\.113\.1\/32 on the allowlist/)
    expect(harness.responder.desired()).toHaveLength(2)
  })

  it("accepts or ignores always, until the policy is told to ask again", async () => {
    expect((await thwart("recommendations", "always-accept", "ask")).out).toMatch(
      /^ask asks no more: "thwart policy ask ask"/,
    )
    expect((await thwart("policies")).out).toMatch(/Interactive, always accepted: it acts by itself/)
    expect((await thwart("policy", "ask", "ask")).out).toBe("ask: Interactive: it proposes, and a person decides.\n")
    await propose(harness, ["203.0.113.8"])
    expect((await thwart("recommendations", "ignore", "ask")).out).toMatch(/^ask is ignored/)
    expect((await thwart("policy", "list")).out).toMatch(/always ignored/)
  })
})

describe("thwart policy", () => {
  it("leaves interactive mode only after a backtest and a preview, in this order", async () => {
    const asked = await thwart("policy", "mode", "ask", "automatic")
    expect([asked.code, asked.out]).toEqual([
      1,
      expect.stringMatching(/it would have blocked[\s\S]*Nothing was changed yet\. .* 3 that are pending: --yes/),
    ])
    expect(asked.out.match(/ accepted /g)).toHaveLength(3)
    expect(harness.responder.desired()).toEqual([])
    expect((await thwart("policy", "mode", "ask", "monitor")).out).toMatch(/^ask: Monitor: .* 3 stay pending\.\n$/)
    await harness.store.record({ policies: [asking] })
    const done = await thwart("policy", "mode", "ask", "automatic", "--yes")
    expect([done.code, done.out]).toEqual([0, expect.stringMatching(/ask: Automatic: it acts by itself\.\n$/)])
    expect(harness.responder.desired()).toHaveLength(3)
  })

  it("keeps what is pending on request, and knows its modes", async () => {
    expect((await thwart("policy", "mode", "ask", "automatic", "--keep-pending", "--yes")).out).toMatch(
      /3 stay pending/,
    )
    expect((await thwart("policy", "mode", "ask", "sometimes")).code).toBe(2)
    expect((await thwart("policy", "mode", "none", "monitor")).err).toMatch(/there is no policy "none"/)
  })

  it("lists each as a sentence that steers no terminal", async () => {
    await harness.store.record({ policies: [{ ...asking, id: policyId.parse("x"), name: "\u001b[2J evil" }] })
    const { out } = await thwart("policies")
    expect(out).toMatch(/^Ask first \(ask\)\n {2}1 .* → block the address for 1 minute\n {2}Interactive: it proposes/)
    expect(out).toContain("\\x1b[2J evil (x)")
    expect((await thwart("list", "policies")).out).toMatch(
      /interactive +1 High alert .* → block the address for 1 minute +ask/,
    )
    expect((await thwart("policy", "list", "--json")).out.trim().split("\n")).toHaveLength(3)
  })
})
