import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { Role } from "../core/index.ts"
import { createHarness, type Harness, host } from "./testing/harness.ts"
import { asking, propose } from "./testing/proposals.ts"

describe("recommendations", () => {
  let harness: Harness
  beforeEach(async () => {
    harness = await createHarness()
    await propose(harness, ["203.0.113.1", "203.0.113.2", "203.0.113.3"])
  })
  afterEach(() => harness.close())

  const as = async (role: Role) => {
    const secret = await harness.tokenOf(role)
    return async (method: "GET" | "POST" | "PUT", path: string, payload?: object) => {
      const answer = await harness.app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { host, authorization: `Bearer ${secret}` },
        ...(payload === undefined ? {} : { payload }),
      })
      return { status: answer.statusCode, body: answer.json() }
    }
  }
  const idOf = () => harness.responder.recommendations()[0]?.id ?? expect.unreachable()

  it("are listed with the policy's name and sentence, and paged with how their evidence stands", async () => {
    const ask = await as("viewer")
    const { items } = (await ask("GET", "/recommendations")).body
    expect(items).toMatchObject([
      {
        id: idOf(),
        policy: "ask",
        policyName: "Ask first",
        sentence: expect.stringMatching(/block the address for 1 minute$/),
        pending: 3,
        source: null,
        node: { name: "web-1" },
        threshold: 1,
      },
    ])
    const targets: string[] = []
    let cursor = ""
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await ask("GET", `/recommendations/${idOf()}?limit=2${cursor}`)
      expect(body.items.every(({ evidence }: { evidence: string }) => evidence === "stands")).toBe(true)
      targets.push(...body.items.map(({ target }: { target: string }) => target))
      if (body.next === null) break
      cursor = `&cursor=${body.next}`
    }
    expect(targets.sort()).toEqual(["203.0.113.1/32", "203.0.113.2/32", "203.0.113.3/32"])
    expect((await ask("GET", "/recommendations/rec_none")).status).toBe(404)
  })

  it("are decided item by item, in the name of who asked, and are told on the stream", async () => {
    const told: unknown[] = []
    harness.bus.subscribe("recommendation", ({ recommendation }) => told.push(recommendation?.pending ?? 0))
    const ask = await as("analyst")
    const { items } = (await ask("GET", `/recommendations/${idOf()}`)).body
    const [first, second] = items
    const one = { kind: "accept", pending: [first.id], durationMs: 60_000, why: "ticket 4711" }
    const { body } = await ask("POST", `/recommendations/${idOf()}/decide`, one)
    expect(body).toMatchObject({
      items: [{ id: first.id, state: "accepted", outcome: { by: "token:analyst", why: "ticket 4711" } }],
      recommendation: { pending: 2 },
    })
    expect((await ask("POST", `/recommendations/${idOf()}/decide`, one)).body.notPending).toEqual([first.id])
    await ask("POST", `/recommendations/${idOf()}/decide`, { kind: "dismiss", pending: [second.id], why: "ours" })
    expect(told).toEqual([2, 1])
    expect(harness.responder.desired()).toHaveLength(1)
  })

  const wrong: readonly (readonly [path: "decide" | "always", body: object])[] = [
    ["decide", { kind: "accept" }],
    ["decide", { kind: "accept", why: "  " }],
    ["decide", { kind: "always-accept", why: "x" }],
    ["decide", { kind: "accept", why: "x", pending: [] }],
    ["decide", { kind: "accept", why: "x", pending: ["cm_1"] }],
    ["decide", { kind: "accept", why: "x", pending: Array.from({ length: 1001 }, () => "prp_1") }],
    ["decide", { kind: "accept", why: "x", durationMs: 999 }],
    ["decide", { kind: "accept", why: "x", until: 1 }],
    ["always", { kind: "accept", why: "x", pending: ["prp_1"] }],
    ["always", { kind: "dismiss", why: "x" }],
  ]
  it.each(wrong)("refuse %s with %j", async (path, body) => {
    expect(wrong).toHaveLength(10)
    const ask = await as("admin")
    expect((await ask("POST", `/recommendations/${idOf()}/${path}`, body)).status).toBe(400)
    expect(harness.responder.recommendations()[0]?.pending).toBe(3)
  })

  it("stop when an administrator always accepts, and come back by the policy's interactive-status", async () => {
    const ask = await as("admin")
    const always = { kind: "accept", why: "we trust it" }
    expect((await ask("POST", `/recommendations/${idOf()}/always`, always)).body.items).toHaveLength(3)
    const { items } = (await ask("GET", "/policies")).body
    expect(items.find(({ id }: { id: string }) => id === "ask")).toMatchObject({ interactiveStatus: "always-accept" })
    const again = { interactiveStatus: "interactive", why: "calm" }
    expect((await ask("POST", "/policies/ask/mode", again)).body.policy.interactiveStatus).toBeUndefined()
    await propose(harness, ["203.0.113.9"])
    expect(harness.responder.recommendations()).toMatchObject([{ pending: 1 }])
  })

  it("are accepted when their policy leaves interactive mode, after a preview", async () => {
    const ask = await as("admin")
    const wish = { mode: "automatic", why: "the attack goes on" }
    const preview = (await ask("POST", "/policies/ask/mode", { ...wish, preview: true })).body
    expect([preview.isPreview, preview.items.length]).toEqual([true, 3])
    await propose(harness, ["203.0.113.4"])
    const late = await ask("POST", "/policies/ask/mode", { ...wish, expected: 3 })
    expect([late.status, late.body.error.message]).toEqual([400, expect.stringMatching(/4 proposals are pending now/)])
    const { body } = await ask("POST", "/policies/ask/mode", { ...wish, expected: 4 })
    expect([body.items.length, body.kept, body.policy.mode]).toEqual([4, 0, "automatic"])
    expect(harness.responder.desired()).toHaveLength(4)
    expect((await ask("POST", "/policies/none/mode", wish)).status).toBe(404)
  })

  it("go when an alert that they rest on is marked as a false positive", async () => {
    const ask = await as("analyst")
    const [alert] = (await harness.store.alerts({ limit: 1 })).items
    await ask("PUT", `/alerts/${alert?.id}/verdict`, { verdict: "false-positive" })
    expect(harness.responder.recommendations()).toMatchObject([{ pending: 2 }])
  })

  it("stay pending when the policy is put anew, in whatever mode", async () => {
    const ask = await as("admin")
    expect((await ask("PUT", "/policies/ask", { ...asking, mode: "automatic" })).status).toBe(200)
    expect(harness.responder.recommendations()).toMatchObject([{ pending: 3 }])
    expect(harness.responder.desired()).toEqual([])
  })
})
