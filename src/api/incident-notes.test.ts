import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Role } from "../core/index.ts"
import { incidentAt } from "../store/testing/samples.ts"
import { createHarness, type Harness, host } from "./testing/harness.ts"

describe("what people note on incidents", () => {
  let harness: Harness
  const incident = incidentAt(1, "noted")
  const path = `/incidents/${incident.id}`
  beforeAll(async () => {
    harness = await createHarness()
    await harness.store.record({ incidents: [incident] })
  })
  afterAll(() => harness.close())

  const call = async (method: "GET" | "POST" | "PUT", url: string, payload?: object, role: Role = "analyst") => {
    const authorization = `Bearer ${await harness.tokenOf(role)}`
    const answer = await harness.app.inject({
      method,
      url: `/api/v1${url}`,
      headers: { host, authorization },
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: answer.statusCode, body: answer.json() }
  }

  it("is an assignee and comments, each an entry in the audit log", async () => {
    expect(await call("PUT", `${path}/assignee`, { assignee: " ada " })).toMatchObject({
      status: 200,
      body: { assignee: "ada", comments: [] },
    })
    const noted = await call("POST", `${path}/comments`, { text: "first line\nsecond line" })
    expect(noted).toMatchObject({
      status: 201,
      body: { assignee: "ada", comments: [{ at: harness.clock.now(), text: "first line\nsecond line" }] },
    })
    expect((await call("GET", path)).body.notes).toEqual(noted.body)
    expect((await call("PUT", `${path}/assignee`, { assignee: null })).body.assignee).toBeNull()
    const audit = (await harness.store.audit({})).items.filter(({ subject }) => subject === `incident:${incident.id}`)
    expect(audit.map(({ action }) => action).sort()).toEqual([
      "incident assigned",
      "incident commented",
      "incident unassigned",
    ])
    expect(audit.every(({ who }) => who.includes("analyst"))).toBe(true)
  })

  it("keeps the last 200 comments", async () => {
    const other = incidentAt(2, "discussed")
    await harness.store.record({ incidents: [other] })
    const secret = await harness.tokenOf("analyst")
    for (let number = 1; number <= 203; number++)
      await harness.responder.commentIncident(other.id, `comment ${number}`, { who: "user:ada", from: null })
    const answer = await harness.app.inject({
      url: `/api/v1/incidents/${other.id}`,
      headers: { host, authorization: `Bearer ${secret}` },
    })
    const { comments } = answer.json().notes
    expect([comments.length, comments[0].text, comments.at(-1).text]).toEqual([200, "comment 4", "comment 203"])
  })

  it("refuses what is too long, empty, hostile, misspelt, of nobody's incident, or from whoever may not", async () => {
    const cases: readonly (readonly [number, "POST" | "PUT", string, object, Role])[] = [
      [400, "POST", `${path}/comments`, { text: "x".repeat(4001) }, "analyst"],
      [400, "POST", `${path}/comments`, { text: "  \n " }, "analyst"],
      [400, "POST", `${path}/comments`, { text: "clear the screen \u001b[2J" }, "analyst"],
      [400, "POST", `${path}/comments`, { text: "fine", by: "somebody else" }, "analyst"],
      [400, "PUT", `${path}/assignee`, { assignee: "" }, "analyst"],
      [400, "PUT", `${path}/assignee`, { assignee: "a\nb" }, "analyst"],
      [400, "PUT", `${path}/assignee`, { assignee: "x".repeat(101) }, "analyst"],
      [404, "PUT", "/incidents/inc_none/assignee", { assignee: "ada" }, "analyst"],
      [404, "POST", "/incidents/inc_none/comments", { text: "fine" }, "analyst"],
      [403, "PUT", `${path}/assignee`, { assignee: "ada" }, "viewer"],
      [403, "POST", `${path}/comments`, { text: "fine" }, "viewer"],
    ]
    expect(cases).toHaveLength(11)
    for (const [status, method, url, body, role] of cases)
      expect((await call(method, url, body, role)).status, JSON.stringify([url, body])).toBe(status)
  })
})
