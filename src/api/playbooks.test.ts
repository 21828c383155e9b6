import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { alertAt, runAt } from "../store/testing/samples.ts"
import { createHarness, type Harness, host } from "./testing/harness.ts"

const line = "- { id: own, rule: 942100, enforcer: nftables }"

describe("the playbooks of the API", () => {
  let harness: Harness
  let secret: string
  beforeAll(async () => {
    harness = await createHarness({}, {}, ["nftables"])
    secret = await harness.tokenOf("admin")
  })
  afterAll(() => harness.close())

  const call = async (method: "GET" | "POST" | "PUT" | "DELETE", path: string, payload?: object) => {
    const answer = await harness.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { host, authorization: `Bearer ${secret}` },
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() }
  }

  it("are made of YAML, listed as sentences, turned off and on, and removed", async () => {
    const sentence =
      "When the rule 942100 raises an alert of any severity → block the attacker for 1 hour with nftables"
    expect(await call("PUT", "/playbooks", { text: line })).toMatchObject({
      status: 200,
      body: { items: [{ sentence }] },
    })
    expect(await call("GET", "/playbooks")).toMatchObject({ body: { items: [{ sentence, file: null, problems: [] }] } })
    expect(await call("POST", "/playbooks/own/disable", {})).toMatchObject({ body: { playbook: { enabled: false } } })
    expect(await call("GET", "/playbooks/own")).toMatchObject({
      body: { playbook: { enabled: false, mode: "interactive" } },
    })
    expect(await call("POST", "/playbooks/own/enable", {})).toMatchObject({ body: { playbook: { enabled: true } } })
    expect((await call("DELETE", "/playbooks/own")).status).toBe(204)
    expect((await call("GET", "/playbooks/own")).status).toBe(404)
  })

  it("tell every mistake of a text with its place, and take nothing of it", async () => {
    const { status, body } = await call("PUT", "/playbooks", {
      text: `${line}\n- { rule: x, enforcer: nftables, mode: never }\n- { rule: x, enforcer: nftables, when: sevrity = 1 }`,
      file: "mine.yaml",
    })
    expect([status, body.error.code]).toEqual([400, "THWART_PLAYBOOKS_INVALID"])
    expect(body.error.message).toMatch(/mine\.yaml:2:\d+: .*\n.*mine\.yaml:3:\d+: .*did you mean severity/)
    expect(await call("GET", "/playbooks")).toMatchObject({ body: { items: [] } })
  })

  it("are tried on alerts and samples, from the store or from a text", async () => {
    const alert = alertAt(1, "tried")
    await harness.store.record({ alerts: [alert] })
    await call("PUT", "/playbooks", { text: line })
    const sample = await call("POST", "/playbooks/own/dry-run", { evidence: { kind: "sample" } })
    expect(sample).toMatchObject({
      status: 200,
      body: { playbook: "own", whyNot: [], steps: [{ outcome: "done", target: "203.0.113.66/32" }] },
    })
    const tried = await call("POST", "/playbooks/dry-run", { text: line, evidence: { kind: "alert", id: alert.id } })
    expect(tried.body.items[0].whyNot).toEqual([
      "it watches something else: When the rule 942100 raises an alert of any severity",
    ])
    const missing = { kind: "incident", id: "inc_none" }
    expect((await call("POST", "/playbooks/own/dry-run", { evidence: missing })).status).toBe(404)
    expect((await call("GET", "/playbook-runs")).body.items).toEqual([])
  })

  it("have runs, and a person decides about those that are proposed", async () => {
    await call("PUT", "/playbooks", { text: line })
    const runs = ["1", "2"].map((name) =>
      runAt(1, name, { state: "proposed", playbook: "own" as never, by: "playbook:own" }),
    )
    await harness.store.record({ playbookRuns: [...runs, runAt(2, "3")], alerts: [alertAt(1, "a")] })
    expect((await call("GET", "/playbook-runs?state=proposed&playbook=own")).body.items).toHaveLength(2)
    expect((await call("GET", "/playbook-runs?limit=1")).body.next).toBeTypeOf("string")
    const accepted = await call("POST", "/playbook-runs/run_1/decision", { accept: true })
    expect(accepted).toMatchObject({
      status: 200,
      body: { state: "done", by: "token:admin", steps: [{ outcome: "done" }] },
    })
    expect((await call("POST", "/playbook-runs/run_2/decision", { accept: false })).body.state).toBe("rejected")
    expect((await call("POST", "/playbook-runs/run_2/decision", { accept: true })).status).toBe(400)
    expect((await call("POST", "/playbook-runs/run_9/decision", { accept: true })).status).toBe(404)
  })
})
