import type { InjectOptions } from "fastify"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type Role, roles } from "../core/index.ts"
import { alertAt, incidentAt } from "../store/testing/samples.ts"
import { createHarness, type Harness } from "./testing/harness.ts"

let harness: Harness
beforeEach(async () => {
  harness = await createHarness()
})
afterEach(() => harness.close())

const json = { "content-type": "application/json", host: "127.0.0.1:8470" }
const bearer = (secret: string) => ({ ...json, authorization: `Bearer ${secret}` })
const cookieOf = (answer: { readonly cookies: readonly { readonly name: string; readonly value: string }[] }) =>
  `thwart_session=${answer.cookies.find(({ name }) => name === "thwart_session")?.value}`
const signIn = (name: string, password: string, headers: Record<string, string> = {}) =>
  harness.app.inject({
    method: "POST",
    url: "/api/v1/session",
    headers: { ...json, ...headers },
    payload: { name, password },
  })

/** Every route but the console's, with the least role that may call it. */
const routes: readonly (readonly [
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  url: string,
  least: Role | "public" | "signed-in",
])[] = [
  ["POST", "/api/v1/session", "public"],
  ["POST", "/api/v1/session/one-time", "public"],
  ["GET", "/api/v1/session", "signed-in"],
  ["DELETE", "/api/v1/session", "signed-in"],
  ["POST", "/api/v1/session/password", "signed-in"],
  ["GET", "/api/v1/alerts", "viewer"],
  ["GET", "/api/v1/alerts/alr_1", "viewer"],
  ["POST", "/api/v1/alerts", "analyst"],
  ["GET", "/api/v1/incidents", "viewer"],
  ["GET", "/api/v1/incidents/inc_1", "viewer"],
  ["PATCH", "/api/v1/incidents/inc_1", "analyst"],
  ["GET", "/api/v1/countermeasures", "viewer"],
  ["GET", "/api/v1/countermeasures/cm_1", "viewer"],
  ["POST", "/api/v1/countermeasures", "analyst"],
  ["POST", "/api/v1/countermeasures/cm_1/undo", "analyst"],
  ["GET", "/api/v1/explain/203.0.113.66", "viewer"],
  ["GET", "/api/v1/allowlist", "viewer"],
  ["POST", "/api/v1/allowlist", "analyst"],
  ["DELETE", "/api/v1/allowlist/alw_1", "analyst"],
  ["GET", "/api/v1/policies", "viewer"],
  ["PUT", "/api/v1/policies/p", "admin"],
  ["GET", "/api/v1/audit", "analyst"],
  ["GET", "/api/v1/users", "admin"],
  ["POST", "/api/v1/users", "admin"],
  ["PATCH", "/api/v1/users/ada", "admin"],
  ["POST", "/api/v1/users/ada/password", "admin"],
  ["GET", "/api/v1/tokens", "admin"],
  ["POST", "/api/v1/tokens", "admin"],
  ["DELETE", "/api/v1/tokens/tok_1", "admin"],
  ["GET", "/api/v1/status", "viewer"],
  ["GET", "/api/v1/openapi.json", "public"],
  ["GET", "/healthz", "public"],
  ["GET", "/metrics", "viewer"],
]

describe("the API", () => {
  it("lets each role do what it may, on every route", async () => {
    const secrets = new Map(await Promise.all(roles.map(async (role) => [role, await harness.tokenOf(role)] as const)))
    let asked = 0
    for (const [method, url, least] of routes) {
      for (const who of [undefined, ...roles]) {
        const secret = who === undefined ? undefined : secrets.get(who)
        const { statusCode } = await harness.app.inject({
          method,
          url,
          headers: secret === undefined ? json : bearer(secret),
          ...(method === "GET" || method === "DELETE" ? {} : { payload: {} }),
        })
        const allowed =
          least === "public" ||
          (who !== undefined && (least === "signed-in" || roles.indexOf(who) >= roles.indexOf(least)))
        const denied = statusCode === 403 || (statusCode === 401 && least !== "public")
        expect(!denied, `${method} ${url} as ${who ?? "nobody"}: ${statusCode}`).toBe(allowed)
        asked++
      }
    }
    expect(asked).toBe(33 * 4)
  })

  it("describes every one of those routes in its OpenAPI document", async () => {
    const document = (await harness.app.inject({ url: "/api/v1/openapi.json", headers: json })).json()
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(document.openapi).toBe("3.1.0")
    // The event stream is tried below.
    expect(described).toHaveLength(routes.length + 1)
    for (const [path, methods] of Object.entries<Record<string, { summary?: string }>>(document.paths))
      for (const [method, { summary }] of Object.entries(methods)) expect(summary, `${method} ${path}`).toBeTruthy()
  })

  it("makes an administrator once, whose one-time password opens nothing but its own replacement", async () => {
    const first = await harness.accounts.ensureAdministrator()
    expect(await harness.accounts.ensureAdministrator()).toBeUndefined()
    const answer = await signIn("admin", first?.oneTimePassword ?? "")
    expect(answer.json()).toMatchObject({ name: "admin", mustChangePassword: true })
    const cookie = { ...json, cookie: cookieOf(answer) }
    expect((await harness.app.inject({ url: "/api/v1/incidents", headers: cookie })).json().error.code).toBe(
      "PASSWORD_CHANGE_REQUIRED",
    )
    const other = cookieOf(await signIn("admin", first?.oneTimePassword ?? ""))
    const change = { method: "POST", url: "/api/v1/session/password", headers: cookie } as const
    expect(
      (await harness.app.inject({ ...change, payload: { current: "wrong", next: "a long new password" } })).statusCode,
    ).toBe(403)
    expect(
      (await harness.app.inject({ ...change, payload: { current: first?.oneTimePassword, next: "short" } })).statusCode,
    ).toBe(400)
    expect(
      (
        await harness.app.inject({
          ...change,
          payload: { current: first?.oneTimePassword, next: "a long new password" },
        })
      ).statusCode,
    ).toBe(204)
    expect((await harness.app.inject({ url: "/api/v1/incidents", headers: cookie })).statusCode).toBe(200)
    expect((await harness.app.inject({ url: "/api/v1/session", headers: { ...json, cookie: other } })).statusCode).toBe(
      401,
    )
  })

  it("slows down guessing, for known and unknown names alike, and forgets after the wait", async () => {
    for (const name of ["admin", "nobody"]) {
      const own = await createHarness()
      await own.accounts.ensureAdministrator()
      const guess = () =>
        own.app.inject({ method: "POST", url: "/api/v1/session", headers: json, payload: { name, password: "guess" } })
      const codes: number[] = []
      for (let tries = 0; tries < 6; tries++) codes.push((await guess()).statusCode)
      expect(codes).toEqual([401, 401, 401, 401, 401, 429])
      expect(Number((await guess()).headers["retry-after"])).toBeGreaterThan(0)
      own.clock.advance(1500)
      expect((await guess()).statusCode).toBe(401)
      await own.close()
    }
  })

  it("takes a link once and for ten minutes", async () => {
    await harness.accounts.ensureAdministrator()
    const use = (token: string) =>
      harness.app.inject({ method: "POST", url: "/api/v1/session/one-time", headers: json, payload: { token } })
    const link = harness.accounts.createLink("admin")
    expect((await use(link)).json()).toMatchObject({ name: "admin", mustChangePassword: false })
    expect((await use(link)).statusCode).toBe(401)
    const old = harness.accounts.createLink("admin")
    harness.clock.advance(601_000)
    expect((await use(old)).statusCode).toBe(401)
  })

  it("ends a session at its time, at sign-out, and when its user is disabled", async () => {
    await harness.accounts.ensureAdministrator()
    const open = async () => ({
      ...json,
      cookie: cookieOf(
        await harness.app.inject({
          method: "POST",
          url: "/api/v1/session/one-time",
          headers: json,
          payload: { token: harness.accounts.createLink("admin") },
        }),
      ),
    })
    const works = async (headers: Record<string, string>) =>
      (await harness.app.inject({ url: "/api/v1/session", headers })).statusCode === 200
    const [one, two] = [await open(), await open()]
    expect(
      (
        await harness.app.inject({
          method: "DELETE",
          url: "/api/v1/session",
          headers: { host: json.host, cookie: one.cookie },
        })
      ).statusCode,
    ).toBe(204)
    expect([await works(one), await works(two)]).toEqual([false, true])
    await harness.accounts.addUser("ada", "admin", { who: "test", from: null })
    await harness.accounts.changeUser("admin", { disabled: true }, { who: "test", from: null })
    expect(await works(two)).toBe(false)
    await harness.accounts.changeUser("admin", { disabled: false }, { who: "test", from: null })
    const three = await open()
    harness.clock.advance(12 * 3_600_000 + 1)
    expect(await works(three)).toBe(false)
  })

  it("refuses changes that another site's page asks for, and names that are not its own", async () => {
    await harness.accounts.ensureAdministrator()
    const cookie = cookieOf(
      await harness.app.inject({
        method: "POST",
        url: "/api/v1/session/one-time",
        headers: json,
        payload: { token: harness.accounts.createLink("admin") },
      }),
    )
    const block = (headers: Record<string, string>) =>
      harness.app.inject({
        method: "POST",
        url: "/api/v1/countermeasures",
        headers: { ...json, cookie, ...headers },
        payload: { target: "203.0.113.7", durationMs: 60_000, reason: "test" },
      })
    expect((await block({ origin: "https://evil.example" })).json().error.code).toBe("FORGED")
    expect((await block({ "sec-fetch-site": "cross-site" })).json().error.code).toBe("FORGED")
    expect((await block({ origin: "http://127.0.0.1:8470", "sec-fetch-site": "same-origin" })).statusCode).toBe(201)
    expect((await harness.app.inject({ url: "/healthz", headers: { host: "rebound.evil.example" } })).statusCode).toBe(
      403,
    )
  })

  it("never makes the last administrator go, and shows no hash of anybody", async () => {
    await harness.accounts.ensureAdministrator()
    const headers = bearer(await harness.tokenOf("admin"))
    expect(
      (await harness.app.inject({ method: "PATCH", url: "/api/v1/users/admin", headers, payload: { disabled: true } }))
        .statusCode,
    ).toBe(400)
    for (const url of ["/api/v1/users", "/api/v1/tokens"])
      expect((await harness.app.inject({ url, headers })).body).not.toMatch(/hash|scrypt/i)
  })

  it("acknowledges alerts once they are stored, and gives them back byte for byte", async () => {
    const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("")
    const alert = alertAt(1, "a", { evidence: { summary: bytes, request: bytes, response: null } })
    const headers = bearer(await harness.tokenOf("analyst"))
    expect(
      (await harness.app.inject({ method: "POST", url: "/api/v1/alerts", headers, payload: { alerts: [alert] } }))
        .statusCode,
    ).toBe(202)
    expect((await harness.app.inject({ url: `/api/v1/alerts/${alert.id}`, headers })).json()).toEqual(alert)
  })

  it("answers bad input with what is wrong where, and never with a stack", async () => {
    const headers = bearer(await harness.tokenOf("admin"))
    const bad: readonly (readonly [InjectOptions, number, RegExp])[] = [
      [
        {
          method: "POST",
          url: "/api/v1/countermeasures",
          headers,
          payload: { target: "not an address", durationMs: 1, reason: "" },
        },
        400,
        /target/,
      ],
      [{ method: "POST", url: "/api/v1/countermeasures", headers, payload: "{" }, 400, /JSON/i],
      [
        {
          method: "POST",
          url: "/api/v1/countermeasures",
          headers,
          payload: { target: "127.0.0.1", durationMs: null, reason: "x" },
        },
        409,
        /loopback/,
      ],
      [
        {
          method: "POST",
          url: "/api/v1/allowlist",
          headers,
          payload: '{"__proto__":{"admin":true},"prefix":"10.0.0.0/8","comment":"x"}',
        },
        400,
        /prototype|__proto__|body/i,
      ],
      [{ url: "/api/v1/alerts?limit=0", headers }, 400, /limit/],
      [{ url: "/api/v1/alerts?cursor=rubbish", headers }, 400, /cursor/],
      [{ url: "/api/v1/incidents/inc_none", headers }, 404, /inc_none/],
      [{ url: "/api/v1/nothing", headers }, 404, /nothing/],
      [{ method: "POST", url: "/api/v1/users", headers, payload: { name: "UPPER", role: "admin" } }, 400, /name/],
    ]
    expect(bad).toHaveLength(9)
    for (const [request, status, message] of bad) {
      const answer = await harness.app.inject(request)
      expect(answer.statusCode, answer.body).toBe(status)
      expect(answer.json().error.message, answer.body).toMatch(message)
      expect(answer.body).not.toMatch(/node_modules|\.ts:/)
    }
  })

  it("writes down who changed what, from where, with what was before and after", async () => {
    const headers = bearer(await harness.tokenOf("admin"))
    const [policy] = (await harness.app.inject({ url: "/api/v1/policies", headers })).json().items
    const { sentence, ...rest } = policy
    expect(sentence).toMatch(/→ block the address/)
    await harness.app.inject({
      method: "PUT",
      url: `/api/v1/policies/${encodeURIComponent(rest.id)}`,
      headers,
      payload: { ...rest, mode: "monitor" },
    })
    const { items } = (await harness.app.inject({ url: "/api/v1/audit", headers })).json()
    expect(items.find(({ action }: { action: string }) => action === "policy")).toMatchObject({
      who: "token:admin",
      from: "127.0.0.1",
      action: "policy",
      subject: `policy:${rest.id}`,
      before: { mode: "automatic" },
      after: { mode: "monitor" },
    })
  })

  it("refuses to listen elsewhere than on loopback without TLS", async () => {
    await expect(createHarness({ host: "0.0.0.0" })).rejects.toMatchObject({ code: "THWART_LISTEN_INSECURE" })
    await (await createHarness({ host: "0.0.0.0", insecure: true })).close()
  })
})

describe("the event stream", () => {
  /** The ids and kinds of the events that come before the stream has been quiet for a moment. */
  const read = async (
    url: string,
    headers: Record<string, string>,
    act: () => void,
    wanted: number,
  ): Promise<readonly string[]> => {
    const stopping = new AbortController()
    const response = await fetch(`${url}/api/v1/events`, { headers, signal: stopping.signal })
    let text = ""
    act()
    for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      text += chunk
      if ([...text.matchAll(/^event: /gm)].length >= wanted) break
    }
    stopping.abort()
    return [...text.matchAll(/(?:^id: (\d+)\n)?^event: (\w+)$/gm)].map(([, id, kind]) => `${id ?? "-"} ${kind}`)
  }

  it("tells what happens, resumes where a client stopped, and says when it can't", async () => {
    const url = await harness.api.listen()
    const headers = { authorization: `Bearer ${await harness.tokenOf("viewer")}` }
    const publish = () => {
      harness.bus.publish("alert", alertAt(1, "a", { title: "bytes \u00ff\u0000" }))
      harness.bus.publish("incident", incidentAt(1, "a"))
    }
    const [first, second] = [harness.clock.now() + 1, harness.clock.now() + 2]
    expect(await read(url, headers, publish, 2)).toEqual([`${first} alert`, `${second} incident`])
    expect(await read(url, { ...headers, "last-event-id": `${first}` }, () => undefined, 1)).toEqual([
      `${second} incident`,
    ])
    expect(await read(url, { ...headers, "last-event-id": "77" }, () => undefined, 1)).toEqual([`${second} reset`])
    expect((await fetch(`${url}/api/v1/events`)).status).toBe(401)
  })
})
