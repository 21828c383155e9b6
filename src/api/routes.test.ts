import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { address, type IncidentId, prefix } from "../core/index.ts"
import { alertAt, countermeasureAt, incidentAt } from "../store/testing/samples.ts"
import { createHarness, type Harness, host } from "./testing/harness.ts"

let harness: Harness
let authorization: string
beforeEach(async () => {
  harness = await createHarness()
  authorization = `Bearer ${await harness.tokenOf("admin")}`
  later()
})
afterEach(() => harness.close())

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

/** The answer's body, once its status was as expected. */
async function call(method: Method, path: string, status: number, payload?: object) {
  const answer = await harness.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { host, authorization },
    ...(payload === undefined ? {} : { payload }),
  })
  expect(answer.statusCode, `${method} ${path}: ${answer.body}`).toBe(status)
  return status === 204 ? undefined : answer.json()
}
const newestAudit = async () => (await call("GET", "/audit", 200)).items[0]
/** What is written in the same millisecond has no order. */
function later() {
  harness.clock.advance(1)
}

describe("alerts", () => {
  const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("")

  it("come back byte for byte, in the list and alone", async () => {
    const evidence = { summary: bytes, request: bytes, response: null }
    const alert = alertAt(1, "a", { evidence, title: "\ud83d\ude00 \u2028" })
    expect(await call("POST", "/alerts", 202, { alerts: [alert] })).toEqual({ accepted: 1 })
    expect(await call("GET", "/alerts/alr_a", 200)).toEqual(alert)
    expect(await call("GET", "/alerts", 200)).toEqual({ items: [alert], next: null })
  })

  it("are acknowledged once they are stored, not before, and not when they can't be", async () => {
    const storing = Promise.withResolvers<void>()
    const own = await createHarness({}, { ingest: () => storing.promise })
    const send = async () =>
      own.app.inject({
        method: "POST",
        url: "/api/v1/alerts",
        headers: { host, authorization: `Bearer ${await own.tokenOf("analyst")}` },
        payload: { alerts: [alertAt(1, "a")] },
      })
    let answered = false
    const answer = send().finally(() => {
      answered = true
    })
    // Another request, from its beginning to its end.
    expect((await own.app.inject({ url: "/healthz", headers: { host } })).statusCode).toBe(200)
    expect(answered).toBe(false)
    storing.resolve()
    expect((await answer).statusCode).toBe(202)
    await own.close()
    const failing = await createHarness({}, { ingest: () => Promise.reject(new Error("disk full at /secret/path")) })
    const refused = await failing.app.inject({
      method: "POST",
      url: "/api/v1/alerts",
      headers: { host, authorization: `Bearer ${await failing.tokenOf("analyst")}` },
      payload: { alerts: [alertAt(1, "a")] },
    })
    expect(refused.statusCode).toBe(500)
    expect(refused.body).not.toContain("secret")
    expect(failing.errors).toHaveLength(1)
    await failing.close()
  })

  it("are listed newest first, a page at a time, by attacker, severity and time", async () => {
    const alerts = Array.from({ length: 25 }, (_, index) =>
      alertAt(index, `n${index}`, {
        severity: index % 5 === 0 ? "critical" : "low",
        attacker: address(index % 2 === 0 ? "203.0.113.66" : "2001:db8::1"),
      }),
    )
    await call("POST", "/alerts", 202, { alerts })
    const seen: number[] = []
    for (let cursor = ""; ; ) {
      const page = await call("GET", `/alerts?limit=10${cursor}`, 200)
      seen.push(...page.items.map(({ at }: { at: number }) => at))
      if (page.next === null) break
      cursor = `&cursor=${encodeURIComponent(page.next)}`
    }
    expect(seen).toEqual(alerts.map(({ at }) => at).reverse())
    const count = async (query: string) => (await call("GET", `/alerts?${query}`, 200)).items.length
    expect(await count("minSeverity=high")).toBe(5)
    expect(await count("since=20")).toBe(5)
    // Another way of writing the same address.
    expect(await count(`attacker=${encodeURIComponent("2001:DB8:0::1")}`)).toBe(12)
    expect(await count("attacker=2001%3Adb8%3A%3A1&since=20&minSeverity=low")).toBe(2)
  })
})

describe("an incident", () => {
  it("comes with the alerts of its stages and what was done about it", async () => {
    const [one, two] = [alertAt(1, "one"), alertAt(2, "two")]
    const stage = { index: 0, name: "scan", intent: "reconnaissance", tactic: null, technique: null } as const
    const incident = incidentAt(1, "x", {
      stages: [{ ...stage, firstAt: 1, lastAt: 2, count: 2, alerts: [one.id, two.id], because: "two of them" }],
    })
    const block = countermeasureAt(3, "b", {
      reason: { by: "policy:p", text: "t", policy: null, incident: incident.id, alerts: [] },
    })
    await harness.store.record({
      alerts: [one, two, alertAt(3, "other")],
      incidents: [incident],
      countermeasures: [block, countermeasureAt(4, "other")],
    })
    expect(await call("GET", `/incidents/${incident.id}`, 200)).toEqual({
      incident,
      alerts: [one, two],
      countermeasures: [block],
      masked: [],
      notes: { incident: incident.id, assignee: null, comments: [] },
    })
    expect((await call("GET", "/incidents?status=open", 200)).items).toEqual([incident])
    expect((await call("GET", "/incidents?status=closed", 200)).items).toEqual([])
  })

  it("is closed by a person, which is written down", async () => {
    await harness.store.record({ incidents: [incidentAt(1, "x")] })
    expect(await call("PATCH", "/incidents/inc_x", 200, { status: "closed" })).toMatchObject({ status: "closed" })
    expect(await newestAudit()).toMatchObject({
      who: "token:admin",
      from: "127.0.0.1",
      subject: "incident:inc_x",
      before: { status: "open" },
      after: { status: "closed" },
    })
    await call("PATCH", "/incidents/inc_none", 404, { status: "closed" })
  })
})

describe("a block", () => {
  it("is made, listed, explained and undone, and every step is written down", async () => {
    const asked = { target: "203.0.113.7/24", durationMs: 60_000, reason: "ticket 4711" }
    const made = await call("POST", "/countermeasures", 201, asked)
    expect(made).toMatchObject({
      target: "203.0.113.0/24",
      direction: "inbound",
      expiresAt: harness.clock.now() + 60_000,
      reason: { by: "token:admin", text: "ticket 4711" },
      endedAt: null,
    })
    expect(await newestAudit()).toMatchObject({
      who: "token:admin",
      action: "block",
      subject: `countermeasure:${made.id}`,
    })
    expect(await call("GET", `/countermeasures/${made.id}`, 200)).toEqual(made)
    expect((await call("GET", "/countermeasures?active=true", 200)).items).toEqual([made])
    for (const subject of [made.id, "203.0.113.9", encodeURIComponent("203.0.113.0/24")]) {
      const { story, countermeasures } = await call("GET", `/explain/${subject}`, 200)
      expect([story.join("\n"), countermeasures], subject).toEqual([expect.stringContaining("ticket 4711"), [made]])
    }
    later()
    const undone = await call("POST", `/countermeasures/${made.id}/undo`, 200, {
      falsePositive: false,
      comment: "ours",
    })
    expect(undone).toMatchObject({ endReason: "undone", endedBy: "token:admin" })
    expect(await newestAudit()).toMatchObject({ action: "undo", subject: `countermeasure:${made.id}` })
    expect((await call("GET", "/countermeasures?active=true", 200)).items).toEqual([])
    expect((await call("GET", "/countermeasures?active=false", 200)).items).toEqual([undone])
    await call("POST", "/countermeasures/cm_none/undo", 404, { falsePositive: true })
  })

  it("of what must never be touched is refused with the reason", async () => {
    await call("POST", "/allowlist", 201, { prefix: "192.0.2.0/24", comment: "office" })
    for (const target of ["127.0.0.1", "169.254.169.254", "192.0.2.7"]) {
      const { error } = await call("POST", "/countermeasures", 409, { target, durationMs: null, reason: "x" })
      expect(error.code, target).toBe("THWART_GUARDRAIL_REFUSED")
      expect(error.message, target).not.toMatch(/\[object|undefined/)
    }
  })
})

describe("settings", () => {
  it("have an allowlist that people add to and take from", async () => {
    const entry = await call("POST", "/allowlist", 201, { prefix: "2001:DB8::1", comment: "office", expiresAt: 5e12 })
    expect(entry).toMatchObject({ prefix: "2001:db8::1/128", owner: "token:admin", expiresAt: 5e12 })
    const { freed, ...stored } = entry
    const kinds = [
      { host: "office.example.com", covers: [prefix("192.0.2.7")], resolvedAt: 1, problem: "no resolver answered" },
      { range: "192.0.2.1-192.0.2.9", covers: [prefix("192.0.2.1")], nodes: ["web"] },
      { asn: 64_500, endedAt: 2 },
    ].map((kind, index) => ({ ...kind, id: `zzz${index}`, comment: "c", owner: "o", createdAt: 1, expiresAt: null }))
    await harness.store.record({ allowlist: kinds })
    expect((await call("GET", "/allowlist", 200)).items.slice(1)).toEqual(kinds)
    await harness.store.record({ removedAllowlist: kinds.map(({ id }) => id) })
    expect(freed).toEqual([])
    expect(await call("GET", "/allowlist", 200)).toEqual({ items: [stored] })
    expect(await newestAudit()).toMatchObject({ action: "allow", subject: `allowlist:${entry.id}` })
    await call("DELETE", `/allowlist/${entry.id}`, 204)
    await call("DELETE", `/allowlist/${entry.id}`, 404)
    expect(await call("GET", "/allowlist", 200)).toEqual({ items: [] })
  })

  it("have policies with direction, action and scope; a limit without a rate is none", async () => {
    const [first] = (await call("GET", "/policies", 200)).items
    const { sentence: _, ...policy } = first
    const path = `/policies/${encodeURIComponent(policy.id)}`
    const rate = { perSecond: 100, unit: "packets" }
    const limit = { ...policy, action: "limit", rate, direction: "both", scope: { nodes: [], tags: ["shop"] } }
    expect(await call("PUT", path, 200, limit)).toEqual(limit)
    expect((await call("GET", "/policies", 200)).items[0]).toEqual({
      ...limit,
      sentence: expect.stringContaining(
        "on nodes tagged shop in 10 minutes → limit traffic from and to the address to 100 packets/s",
      ),
    })
    const { direction: __, action: ___, rate: ____, scope: _____, ...old } = limit
    expect(await call("PUT", path, 200, old)).toEqual(policy)
    for (const wrong of [
      { ...limit, rate: null },
      { ...policy, rate },
      { ...policy, scope: { tag: ["shop"] } },
    ])
      expect((await call("PUT", path, 400, wrong)).error.code).toBe("INVALID")
  })

  it("have policies, each also as a sentence, whose changes are written down", async () => {
    const [first] = (await call("GET", "/policies", 200)).items
    const { sentence, ...policy } = first
    expect(sentence.length).toBeGreaterThan(20)
    const path = `/policies/${encodeURIComponent(policy.id)}`
    // With the sentence or without: the console sends back what it was given.
    await call("PUT", path, 200, { ...first, mode: "monitor" })
    expect(await newestAudit()).toMatchObject({
      who: "token:admin",
      from: "127.0.0.1",
      action: "policy",
      subject: `policy:${policy.id}`,
      before: { mode: policy.mode },
      after: { mode: "monitor" },
    })
    expect((await harness.store.policies())[0]).toEqual({ ...policy, mode: "monitor" })
  })
})

describe("accounts", () => {
  it("are made, changed and shown without any hash", async () => {
    const made = await call("POST", "/users", 201, { name: "ada", role: "admin" })
    expect(made).toMatchObject({ name: "ada", role: "admin", disabled: false, mustChangePassword: true })
    expect((await harness.signIn("ada", made.oneTimePassword)).statusCode).toBe(200)
    await call("POST", "/users", 400, { name: "ada", role: "viewer" })
    await call("PATCH", "/users/ada", 400, { role: "viewer" })
    await call("POST", "/users", 201, { name: "bob", role: "viewer" })
    expect(await call("PATCH", "/users/bob", 200, { disabled: true })).toMatchObject({ name: "bob", disabled: true })
    const reset = await call("POST", "/users/ada/password", 200)
    expect(reset.oneTimePassword).not.toBe(made.oneTimePassword)
    await call("POST", "/users/nobody/password", 404)
    const token = await call("POST", "/tokens", 201, { name: "grafana", role: "viewer" })
    expect(token).toMatchObject({ name: "grafana", createdBy: "token:admin", expiresAt: null, lastUsedAt: null })
    const shown = JSON.stringify([
      await call("GET", "/users", 200),
      await call("GET", "/tokens", 200),
      await call("GET", "/audit", 200),
    ])
    expect(shown).not.toMatch(/hash|scrypt/i)
    for (const secret of [made.oneTimePassword, reset.oneTimePassword, token.secret])
      expect(shown).not.toContain(secret)
    await call("DELETE", `/tokens/${token.id}`, 204)
    await call("DELETE", `/tokens/${token.id}`, 404)
  })
})

describe("the server", () => {
  it("tells its state and its metrics", async () => {
    expect(await call("GET", "/status", 200)).toMatchObject({ version: "0", sensors: [], enforcers: [] })
    const answer = await harness.app.inject({ url: "/metrics", headers: { host, authorization } })
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "text/plain"])
    expect(answer.body).toContain("thwart_alerts_total 0")
  })

  it("never shows what it remembers in a form that the contract does not know", async () => {
    // The cast makes what an older or newer version could have written.
    const broken = { ...incidentAt(1, "x"), id: "inc_x" as IncidentId, severity: "dreadful" as "high" }
    await harness.store.record({ incidents: [broken] })
    const answer = await call("GET", "/incidents/inc_x", 500)
    expect(answer).toEqual({ error: { code: "INTERNAL", message: "the server failed; its log says why" } })
    expect(harness.errors).toHaveLength(1)
  })
})
