import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { Role } from "../core/index.ts"
import { alertAt } from "../store/testing/samples.ts"
import { createHarness, type Harness, host } from "./testing/harness.ts"

describe("managing rules", () => {
  let harness: Harness
  beforeEach(async () => {
    harness = await createHarness()
  })
  afterEach(() => harness.close())

  const as = async (role: Role) => {
    const secret = await harness.tokenOf(role)
    return async (method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE", path: string, payload?: object) => {
      const answer = await harness.app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { host, authorization: `Bearer ${secret}` },
        ...(payload === undefined ? {} : { payload }),
      })
      return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() }
    }
  }
  const wish = {
    rules: "942100",
    path: "/search",
    parameter: "ARGS:q",
    owner: "shop team",
    reason: "books about SQL",
    expiresAt: 1_700_000_060_000,
  }

  it("lists rules by search, group, direction, tag, severity, level and state, in pages", async () => {
    const ask = await as("viewer")
    const cases: readonly (readonly [query: string, ids: readonly string[]])[] = [
      ["", ["942100", "942110", "950100", "thwart/path-scan"]],
      ["search=sql%20MORE", ["942110"]],
      ["search=attack-sqli", ["942100", "942110"]],
      ["search=nothing", []],
      ["group=950-answers", ["950100"]],
      ["direction=outbound", ["950100"]],
      ["tag=attack-sqli", ["942100", "942110"]],
      ["severity=low", []],
      ["paranoia=1", ["942100", "942110"]],
      ["state=off", []],
      ["limit=2&offset=1", ["942110", "950100"]],
    ]
    expect(cases).toHaveLength(11)
    for (const [query, ids] of cases) {
      const { status, body } = await ask("GET", `/rules?${query}`)
      expect(status, query).toBe(200)
      expect(
        body.items.map(({ id }: { id: string }) => id),
        query,
      ).toEqual(ids)
    }
    expect((await ask("GET", "/rules")).body.groups).toEqual([
      { group: "942-sqli", direction: "inbound", rules: 2, off: 0 },
      { group: "950-answers", direction: "outbound", rules: 1, off: 0 },
      { group: "built in", direction: "inbound", rules: 1, off: 0 },
    ])
    expect((await ask("GET", "/rules?sort=x")).status).toBe(400)
    expect((await ask("GET", "/rules/thwart%2Fpath-scan")).body.rule.id).toBe("thwart/path-scan")
    expect((await ask("GET", "/rules/1")).status).toBe(404)
  })

  it("turns a rule off and on in the running policy, by analysts, with a reason and in the audit log", async () => {
    const [viewer, analyst] = [await as("viewer"), await as("analyst")]
    expect((await viewer("POST", "/rules/942100/disable", { reason: "noise" })).status).toBe(403)
    expect((await analyst("POST", "/rules/942100/disable", { reason: " " })).status).toBe(400)
    expect((await analyst("POST", "/rules/942199/disable", { reason: "noise" })).status).toBe(404)
    expect((await analyst("POST", "/rules/942100/disable", { reason: "noise" })).body).toMatchObject({
      rule: "942100",
      node: null,
      by: "token:analyst",
      reason: "noise",
    })
    expect(harness.policy.state().switches).toHaveLength(1)
    expect((await viewer("GET", "/rules?state=off")).body.total).toBe(1)
    await analyst("POST", "/rules/942110/disable", { node: "web1", reason: "noise" })
    expect((await viewer("GET", "/rules/942110")).body).toMatchObject({
      rule: { state: "partly" },
      switches: [{ node: "web1" }],
    })
    expect((await analyst("POST", "/rules/942100/enable", {})).status).toBe(204)
    expect((await analyst("POST", "/rules/942100/enable", {})).status).toBe(204)
    expect(harness.policy.state().switches.map(({ rule }) => rule)).toEqual(["942110"])
    expect((await harness.store.audit({})).items.map(({ action }) => action).filter((one) => /rule/.test(one))).toEqual(
      expect.arrayContaining(["enable-rule", "disable-rule", "disable-rule"]),
    )
  })

  it("lets two operators switch at once: the first one's reason stands, and both are answered", async () => {
    const analyst = await as("analyst")
    const answers = await Promise.all(
      ["one", "other"].map((reason) => analyst("POST", "/rules/942100/disable", { reason })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(new Set(answers.map(({ body }) => body.reason)).size).toBe(1)
    expect(await harness.store.ruleSwitches()).toHaveLength(1)
    expect((await harness.store.audit({})).items.filter(({ action }) => action === "disable-rule")).toHaveLength(1)
  })

  it("adds exceptions, extends and ends them, and keeps those that ended", async () => {
    const [viewer, analyst] = [await as("viewer"), await as("analyst")]
    expect((await viewer("POST", "/rule-exceptions", wish)).status).toBe(403)
    const { status, body } = await analyst("POST", "/rule-exceptions", wish)
    expect(status).toBe(201)
    expect(body).toMatchObject({ ...wish, source: null, createdBy: "token:analyst" })
    expect(harness.policy.state().exceptions).toHaveLength(1)
    expect((await viewer("GET", "/rules?state=excepted")).body.total).toBe(1)
    expect((await viewer("PATCH", `/rule-exceptions/${body.id}`, { end: true })).status).toBe(403)
    expect((await analyst("PATCH", `/rule-exceptions/${body.id}`, { expiresAt: 1 })).status).toBe(400)
    expect((await analyst("PATCH", `/rule-exceptions/${body.id}`, { expiresAt: null })).body.expiresAt).toBeNull()
    expect((await analyst("PATCH", `/rule-exceptions/${body.id}`, { end: true })).status).toBe(200)
    expect(harness.policy.state().exceptions).toEqual([])
    expect((await analyst("PATCH", `/rule-exceptions/${body.id}`, { end: true })).status).toBe(400)
    expect((await viewer("GET", "/rule-exceptions")).body.items).toHaveLength(1)
    expect((await analyst("PATCH", "/rule-exceptions/exc_none", { end: true })).status).toBe(404)
  })

  it("refuses exceptions that say too little, too much or what is not there", async () => {
    const analyst = await as("analyst")
    const { expiresAt: _, ...endless } = wish
    const cases: readonly (readonly [body: object, status: number, said: RegExp])[] = [
      [{ ...wish, path: null, parameter: null }, 400, /needs a path, a parameter or a source/],
      [endless, 400, /expiresAt/],
      [{ ...wish, expiresAt: 1_600_000_000_000 }, 400, /ended already/],
      [{ ...wish, path: "search" }, 400, /from the slash on/],
      [{ ...wish, path: "/a*b" }, 400, /only its end/],
      [{ ...wish, parameter: "NOTHING:q" }, 400, /no variable "NOTHING"/],
      [{ ...wish, parameter: "ARGS:q|ARGS:r" }, 400, /not one variable/],
      [{ ...wish, source: "203.0.113.0/33" }, 400, /not an address/],
      [{ ...wish, rules: "942199-942100" }, 400, /range of ids/],
      [{ ...wish, rules: "1" }, 404, /no rule that runs here/],
      [{ ...wish, rules: "thwart/path-scan" }, 400, /has no parameters/],
      [{ ...wish, owner: "" }, 400, /owner/],
      [{ ...wish, reason: "" }, 400, /reason/],
    ]
    expect(cases).toHaveLength(13)
    for (const [body, status, said] of cases) {
      const answer = await analyst("POST", "/rule-exceptions", body)
      expect(answer.body.error.message, JSON.stringify(body)).toMatch(said)
      expect(answer.status, JSON.stringify(body)).toBe(status)
    }
    expect(await harness.store.ruleExceptions()).toEqual([])
  })

  it("counts what analysts marked for each rule of the alert", async () => {
    const [viewer, analyst] = [await as("viewer"), await as("analyst")]
    const contribution = { message: "m", severity: "high", score: 5, tags: [], matches: [] } as const
    const alerts = ["a", "b", "c"].map((name, at) =>
      alertAt(at + 1, name, { contributions: [{ ...contribution, rule: "942100" as never }] }),
    )
    await harness.store.record({ alerts })
    const falsely = { verdict: "false-positive" }
    expect((await viewer("PUT", "/alerts/alr_a/verdict", falsely)).status).toBe(403)
    expect((await analyst("PUT", "/alerts/alr_a/verdict", falsely)).status).toBe(200)
    expect((await analyst("PUT", "/alerts/alr_b/verdict", { verdict: "true-positive" })).status).toBe(200)
    expect((await analyst("PUT", "/alerts/alr_none/verdict", falsely)).status).toBe(404)
    expect((await viewer("GET", "/rules?order=false-positives")).body.items[0]).toMatchObject({
      id: "942100",
      hits: 3,
      lastHitAt: 3,
      marked: 2,
      falsePositives: 1,
    })
    expect((await viewer("GET", "/verdicts?alerts=alr_a,alr_c")).body.items).toMatchObject([{ alert: "alr_a" }])
    expect((await analyst("DELETE", "/alerts/alr_a/verdict")).status).toBe(204)
    expect((await viewer("GET", "/rules/942100")).body.rule).toMatchObject({ marked: 1, falsePositives: 0 })
  })
})
