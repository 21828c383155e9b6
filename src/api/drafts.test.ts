import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { alertAt } from "../store/testing/samples.ts"
import { createHarness, type Harness, host } from "./testing/harness.ts"

describe("drafts", () => {
  let harness: Harness
  let secret: string
  beforeAll(async () => {
    harness = await createHarness()
    secret = await harness.tokenOf("admin")
  })
  afterAll(() => harness.close())
  const call = async (method: "GET" | "POST" | "PUT", path: string, payload?: object) => {
    const answer = await harness.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { host, authorization: `Bearer ${secret}` },
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: answer.statusCode, body: answer.json() }
  }

  it("of policies read as sentences, and are what is stored then", async () => {
    const text =
      'id: from-incident\nname: "Like this"\non: { kind: incident, minStages: 2 }\nseverity: high\nwindow: 10m\nfor: 1h\n'
    const { body } = await call("POST", "/policies/check", { text })
    expect(body).toMatchObject({
      kind: "ok",
      items: [
        {
          mode: "interactive",
          sentence: "1 High incident with at least 2 stages in 10 minutes → block the address for 1 hour",
        },
      ],
    })
    const { sentence: _, ...policy } = body.items[0]
    expect((await call("PUT", "/policies/from-incident", policy)).body).toEqual(policy)
    const bad = await call("POST", "/policies/check", { text: text.replace("10m", "soon") })
    expect(bad.body).toMatchObject({ kind: "bad", diagnostics: [{ line: 5, column: 9, file: "policy" }] })
  })

  it("of clustering rules are for alerts like the one given, and their preview finds these", async () => {
    const at = harness.clock.now() - 60_000
    const alerts = Array.from({ length: 12 }, (_, index) => alertAt(at + index, `like${index}`))
    await harness.store.record({ alerts })
    const draft = await call("GET", `/alerts/${alerts[0]?.id}/cluster-rule`)
    expect(draft.body.sentence).toMatch(/^When there are 10 alerts .*exploitation/)
    const tried = await call("POST", "/correlation/preview", { rules: draft.body.rules })
    expect(tried.body).toMatchObject({
      kind: "ok",
      rules: [{ kind: "cluster", made: 1, sentence: draft.body.sentence }],
    })
    expect((await call("GET", "/alerts/alr_none/cluster-rule")).status).toBe(404)
  })
})
