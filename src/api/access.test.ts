import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Role, roles } from "../core/index.ts"
import type { Access } from "./auth/authenticate.ts"
import { createHarness, type Harness, host } from "./testing/harness.ts"

/** Everything that the API answers to, with the least role that may ask. */
const expected: readonly (readonly [method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, Access])[] = [
  ["POST", "/api/v1/session", "public"],
  ["POST", "/api/v1/session/one-time", "public"],
  ["GET", "/api/v1/session", "signed-in"],
  ["DELETE", "/api/v1/session", "signed-in"],
  ["POST", "/api/v1/session/password", "signed-in"],
  ["GET", "/api/v1/incidents", "viewer"],
  ["GET", "/api/v1/incidents/:id", "viewer"],
  ["PATCH", "/api/v1/incidents/:id", "analyst"],
  ["GET", "/api/v1/alerts", "viewer"],
  ["GET", "/api/v1/alerts/:id", "viewer"],
  ["POST", "/api/v1/alerts", "analyst"],
  ["GET", "/api/v1/countermeasures", "viewer"],
  ["GET", "/api/v1/countermeasures/:id", "viewer"],
  ["GET", "/api/v1/countermeasures/:id/evidence", "analyst"],
  ["POST", "/api/v1/countermeasures", "analyst"],
  ["POST", "/api/v1/countermeasures/:id/undo", "analyst"],
  ["GET", "/api/v1/explain/:subject", "viewer"],
  ["GET", "/api/v1/allowlist", "viewer"],
  ["POST", "/api/v1/allowlist", "analyst"],
  ["DELETE", "/api/v1/allowlist/:id", "analyst"],
  ["GET", "/api/v1/policies", "viewer"],
  ["PUT", "/api/v1/policies/:id", "admin"],
  ["POST", "/api/v1/backtests", "analyst"],
  ["GET", "/api/v1/backtests/:id", "analyst"],
  ["DELETE", "/api/v1/backtests/:id", "analyst"],
  ["POST", "/api/v1/policies/:id/mode", "admin"],
  ["GET", "/api/v1/playbooks", "viewer"],
  ["GET", "/api/v1/alerts/:id/cluster-rule", "viewer"],
  ["POST", "/api/v1/policies/check", "viewer"],
  ["POST", "/api/v1/alerts/mask", "analyst"],
  ["POST", "/api/v1/incidents/:id/comments", "analyst"],
  ["PUT", "/api/v1/incidents/:id/assignee", "analyst"],
  ["PUT", "/api/v1/playbooks", "admin"],
  ["GET", "/api/v1/playbooks/:id", "viewer"],
  ["DELETE", "/api/v1/playbooks/:id", "admin"],
  ["POST", "/api/v1/playbooks/:id/enable", "admin"],
  ["POST", "/api/v1/playbooks/:id/disable", "admin"],
  ["POST", "/api/v1/playbooks/:id/dry-run", "analyst"],
  ["POST", "/api/v1/playbooks/dry-run", "analyst"],
  ["GET", "/api/v1/playbook-runs", "viewer"],
  ["POST", "/api/v1/playbook-runs/:id/decision", "analyst"],
  ["GET", "/api/v1/recommendations", "viewer"],
  ["GET", "/api/v1/recommendations/:id", "viewer"],
  ["POST", "/api/v1/recommendations/:id/decide", "analyst"],
  ["POST", "/api/v1/recommendations/:id/always", "admin"],
  ["GET", "/api/v1/rules", "viewer"],
  ["GET", "/api/v1/rules/:id", "viewer"],
  ["POST", "/api/v1/rules/:id/disable", "analyst"],
  ["POST", "/api/v1/rules/:id/enable", "analyst"],
  ["GET", "/api/v1/rule-exceptions", "viewer"],
  ["POST", "/api/v1/rule-exceptions", "analyst"],
  ["PATCH", "/api/v1/rule-exceptions/:id", "analyst"],
  ["GET", "/api/v1/verdicts", "viewer"],
  ["PUT", "/api/v1/alerts/:id/verdict", "analyst"],
  ["DELETE", "/api/v1/alerts/:id/verdict", "analyst"],
  ["GET", "/api/v1/notifications/targets", "viewer"],
  ["POST", "/api/v1/notifications/targets/:name/test", "analyst"],
  ["GET", "/api/v1/notifications/deliveries", "viewer"],
  ["GET", "/api/v1/correlation/rules", "viewer"],
  ["POST", "/api/v1/correlation/preview", "analyst"],
  ["GET", "/api/v1/vulnerabilities", "viewer"],
  ["POST", "/api/v1/vulnerabilities", "analyst"],
  ["DELETE", "/api/v1/vulnerabilities/:id", "analyst"],
  ["GET", "/api/v1/incidents/:id/vulnerabilities", "viewer"],
  ["GET", "/api/v1/users", "admin"],
  ["POST", "/api/v1/users", "admin"],
  ["PATCH", "/api/v1/users/:name", "admin"],
  ["POST", "/api/v1/users/:name/password", "admin"],
  ["GET", "/api/v1/tokens", "admin"],
  ["POST", "/api/v1/tokens", "admin"],
  ["DELETE", "/api/v1/tokens/:id", "admin"],
  ["GET", "/api/v1/audit", "analyst"],
  ["GET", "/api/v1/events", "viewer"],
  ["POST", "/api/v1/events/:format", "sensor"],
  ["POST", "/api/v1/events/try", "analyst"],
  ["GET", "/api/v1/event-rules", "viewer"],
  ["GET", "/api/v1/event-rules/:id/clone", "viewer"],
  ["GET", "/api/v1/status", "viewer"],
  ["GET", "/api/v1/openapi.json", "public"],
  ["GET", "/healthz", "public"],
  ["GET", "/metrics", "viewer"],
]

const isConsole = (path: string) => path === "/" || path === "/*"

describe("access", () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness()
  })
  afterAll(() => harness.close())

  /** The status for a token of this role; undefined: nobody. Bodies are wrong on purpose, so that nothing is changed. */
  const ask = async (method: (typeof expected)[number][0] | "HEAD", path: string, secret: string | undefined) =>
    (
      await harness.app.inject({
        method,
        url: path.replace(/:\w+/g, "none"),
        headers: { host, ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }) },
        ...(["POST", "PUT", "PATCH"].includes(method) ? { payload: { wrong: true } } : {}),
      })
    ).statusCode
  const secrets = async () =>
    new Map<Role | undefined, string | undefined>([
      [undefined, undefined],
      ...(await Promise.all(roles.map(async (role) => [role, await harness.tokenOf(role)] as const))),
    ])
  const refusal = (who: Role | undefined, access: Access): number | undefined => {
    if (access === "public" || (who !== undefined && access === "signed-in")) return undefined
    if (who === undefined) return 401
    if (access === "sensor") return who === "viewer" ? 403 : undefined
    return access !== "signed-in" && roles.indexOf(who) < roles.indexOf(access) ? 403 : undefined
  }

  it("is declared by every route as it stands here", () => {
    const declared = harness.api.routes.filter(({ method, path }) => method !== "HEAD" && !isConsole(path))
    expect(expected.length).toBeGreaterThanOrEqual(51)
    expect(declared.map(({ method, path, access }) => `${method} ${path} ${access}`).sort()).toEqual(
      expected.map((route) => route.join(" ")).sort(),
    )
    expect(harness.api.routes.filter(({ path }) => isConsole(path)).map(({ access }) => access)).toEqual(
      Array.from({ length: 4 }, () => "public"),
    )
  })

  it("is what each role has, and nobody more", async () => {
    const known = await secrets()
    let asked = 0
    for (const [method, path, access] of expected) {
      for (const [who, secret] of known) {
        const denied = refusal(who, access)
        // A stream that is let in does not end; events.test.ts reads it.
        if (path === "/api/v1/events" && denied === undefined) continue
        const status = await ask(method, path, secret)
        const said = `${method} ${path} as ${who ?? "nobody"}: ${status}`
        if (denied !== undefined) expect(status, said).toBe(denied)
        else if (access === "public") expect([200, 400], said).toContain(status)
        else expect([200, 204, 400, 404], said).toContain(status)
        asked++
      }
    }
    expect(asked).toBe(expected.length * 5 - 3)
  })

  it("is the same for HEAD as for GET", async () => {
    const known = await secrets()
    const heads = harness.api.routes.filter(({ method, path }) => method === "HEAD" && !isConsole(path))
    expect(heads.length).toBeGreaterThanOrEqual(25)
    for (const { path, access } of heads) {
      expect(await ask("HEAD", path, undefined), path).toBe(access === "public" ? 200 : 401)
      const viewer = await ask("HEAD", path, known.get("viewer"))
      expect(viewer === 403, `${path}: ${viewer}`).toBe(refusal("viewer", access) === 403)
    }
    expect(await ask("HEAD", "/api/v1/events", known.get("viewer"))).toBe(404)
  })

  it("is refused to tokens that are unknown, ended, revoked or misspelt, also beside a good cookie", async () => {
    await harness.addUser("ada", "admin")
    const { cookie } = await harness.browserOf("ada")
    const by = { who: "test", from: null }
    const end = harness.clock.now() + 1000
    const ended = await harness.accounts.addToken({ name: "ended", role: "admin", expiresAt: end }, by)
    const revoked = await harness.accounts.addToken({ name: "revoked", role: "admin", expiresAt: null }, by)
    await harness.accounts.removeToken(revoked.token.id, by)
    harness.clock.advance(1000)
    const good = await harness.tokenOf("admin")
    const cases: readonly (readonly [string, number])[] = [
      [`Bearer ${good}`, 200],
      [`bearer ${good}`, 200],
      [`Bearer ${ended.secret}`, 401],
      [`Bearer ${revoked.secret}`, 401],
      [`Bearer ${good}x`, 401],
      [`Bearer ${good.slice(0, -1)}`, 401],
      [`Bearer thw_${"A".repeat(43)}`, 401],
      [`Bearer  ${good}`, 401],
      [`Basic ${Buffer.from("ada:correct horse battery").toString("base64")}`, 401],
      [good, 401],
      ["", 401],
      [`Bearer ${"thw_".padEnd(5000, "A")}`, 401],
    ]
    expect(cases).toHaveLength(12)
    for (const [authorization, status] of cases) {
      const answer = await harness.app.inject({ url: "/api/v1/users", headers: { host, authorization, cookie } })
      expect(answer.statusCode, authorization.slice(0, 60)).toBe(status)
      if (status === 401) expect(answer.headers["www-authenticate"]).toBe('Bearer realm="thwart"')
    }
    expect((await harness.app.inject({ url: "/api/v1/users", headers: { host, cookie } })).statusCode).toBe(200)
  })

  it("to metrics needs no token where the operator said so", async () => {
    const open = await createHarness({ metricsOpen: true })
    expect((await open.app.inject({ url: "/metrics", headers: { host } })).statusCode).toBe(200)
    await open.close()
  })
})
