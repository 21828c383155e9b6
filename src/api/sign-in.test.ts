import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { prefix } from "../core/index.ts"
import { cookieOf, createHarness, type Harness, host, password } from "./testing/harness.ts"

let harness: Harness
beforeEach(async () => {
  harness = await createHarness()
  await harness.addUser("ada", "admin")
})
afterEach(() => harness.close())

const get = (url: string, headers: Record<string, string>) =>
  harness.app.inject({ url: `/api/v1${url}`, headers: { host, ...headers } })
const post = (url: string, headers: Record<string, string>, payload: object) =>
  harness.app.inject({ method: "POST", url: `/api/v1${url}`, headers: { host, ...headers }, payload })

describe("signing in", () => {
  it("sets a cookie that scripts can't read and other sites can't send", async () => {
    const answer = await harness.signIn("ada")
    expect(answer.json()).toEqual({
      name: "ada",
      role: "admin",
      mustChangePassword: false,
      expiresAt: harness.clock.now() + 3_600_000,
    })
    expect(answer.headers["set-cookie"]).toMatch(
      /^thwart_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect(answer.headers["cache-control"]).toBe("no-store")
    expect((await get("/session", { cookie: cookieOf(answer) })).json()).toMatchObject({ name: "ada" })
  })

  it("says the same of a wrong name, a wrong password and a disabled user", async () => {
    await harness.addUser("bob", "admin", { disabled: true })
    const wrong = [
      await harness.signIn("nobody"),
      await harness.signIn("ada", "wrong password"),
      await harness.signIn("bob"),
      await harness.signIn("__proto__"),
    ]
    expect(new Set(wrong.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
    expect(wrong[0]?.json().error).toMatchObject({ code: "UNAUTHENTICATED" })
    expect(wrong.every(({ headers }) => headers["set-cookie"] === undefined)).toBe(true)
  })

  it("gives a session of its own, whatever cookie the browser came with", async () => {
    const planted = "A".repeat(43)
    const answer = await harness.signIn("ada", password, { cookie: `thwart_session=${planted}` })
    expect(cookieOf(answer)).not.toContain(planted)
    expect((await get("/session", { cookie: `thwart_session=${planted}` })).statusCode).toBe(401)
    const again = await harness.signIn("ada", password, { cookie: cookieOf(answer) })
    expect((await get("/session", { cookie: cookieOf(answer) })).statusCode).toBe(401)
    expect((await get("/session", { cookie: cookieOf(again) })).statusCode).toBe(200)
  })

  it("with a one-time password opens nothing but its own replacement", async () => {
    await harness.addUser("new", "admin", { mustChangePassword: true })
    const { cookie } = await harness.browserOf("new")
    expect((await get("/session", { cookie })).json()).toMatchObject({ mustChangePassword: true })
    const closed = harness.api.routes.filter(
      ({ method, access }) => method === "GET" && access !== "public" && access !== "signed-in",
    )
    expect(closed.length).toBeGreaterThanOrEqual(19)
    for (const { path } of closed) {
      const answer = await harness.app.inject({ url: path.replace(/:\w+/, "x"), headers: { host, cookie } })
      expect(answer.json().error.code, path).toBe("PASSWORD_CHANGE_REQUIRED")
    }
    const next = "another long password"
    const refused: readonly (readonly [object, number, string])[] = [
      [{ current: "wrong password", next }, 403, "WRONG_PASSWORD"],
      [{ current: password, next: "too short" }, 400, "INVALID"],
      [{ current: password, next: password }, 400, "INVALID"],
    ]
    for (const [body, status, code] of refused) {
      const answer = await post("/session/password", { cookie }, body)
      expect([answer.statusCode, answer.json().error.code], JSON.stringify(body)).toEqual([status, code])
    }
    expect((await post("/session/password", { cookie }, { current: password, next })).statusCode).toBe(204)
    expect((await get("/incidents", { cookie })).statusCode).toBe(200)
  })

  it("is slowed down with 429 and Retry-After, which ends with the wait", async () => {
    for (let tries = 0; tries < 5; tries++) expect((await harness.signIn("ada", "wrong")).statusCode).toBe(401)
    const slowed = await harness.signIn("ada")
    expect([slowed.statusCode, slowed.headers["retry-after"]]).toEqual([429, "1"])
    expect(slowed.json().error).toEqual({
      code: "THROTTLED",
      message: "too many sign-ins failed; try again in 1 second",
    })
    harness.clock.advance(1000)
    expect((await harness.signIn("ada")).statusCode).toBe(200)
  })

  it("by a link gives a whole session once", async () => {
    await harness.addUser("new", "admin", { mustChangePassword: true })
    const token = harness.accounts.createLink("new")
    const answer = await post("/session/one-time", {}, { token })
    expect(answer.json()).toMatchObject({ name: "new", mustChangePassword: false })
    expect((await get("/incidents", { cookie: cookieOf(answer) })).statusCode).toBe(200)
    expect((await post("/session/one-time", {}, { token })).statusCode).toBe(401)
  })

  it("out ends the session and takes the cookie away; a token has none", async () => {
    const browser = await harness.browserOf("ada")
    const out = { method: "DELETE", url: "/api/v1/session" } as const
    const answer = await harness.app.inject({ ...out, headers: browser })
    expect(answer.statusCode).toBe(204)
    expect(answer.headers["set-cookie"]).toMatch(/^thwart_session=; .*Expires=Thu, 01 Jan 1970/)
    expect((await get("/session", browser)).statusCode).toBe(401)
    const authorization = `Bearer ${await harness.tokenOf("admin")}`
    expect((await harness.app.inject({ ...out, headers: { host, authorization } })).statusCode).toBe(400)
    const [newest] = (await harness.store.audit({ limit: 1000 })).items.filter(({ action }) => action === "sign-out")
    expect(newest).toMatchObject({ who: "user:ada", from: "127.0.0.1", subject: "user:ada" })
  })
})

describe("a change that another site's page asks for", () => {
  const own = { origin: `http://${host}`, "sec-fetch-site": "same-origin" }
  const cases: readonly (readonly [Record<string, string>, boolean])[] = [
    [{}, true],
    [own, true],
    [{ origin: `http://${host}` }, true],
    [{ "sec-fetch-site": "same-origin" }, true],
    [{ origin: "https://evil.example" }, false],
    [{ origin: "http://127.0.0.1:8471" }, false],
    [{ origin: "http://localhost:8470" }, false],
    [{ origin: "null" }, false],
    [{ origin: "rubbish" }, false],
    [{ origin: "" }, false],
    [{ "sec-fetch-site": "cross-site" }, false],
    [{ "sec-fetch-site": "same-site" }, false],
    [{ "sec-fetch-site": "none" }, false],
    [{ ...own, "sec-fetch-site": "cross-site" }, false],
  ]

  it("is refused by what the browser says of it, also a sign-in", async () => {
    const { cookie } = await harness.browserOf("ada")
    expect(cases).toHaveLength(14)
    for (const [headers, isOwn] of cases) {
      const answers = [
        await post("/tokens", { cookie, ...headers }, { name: "t", role: "viewer" }),
        await harness.signIn("ada", password, headers),
      ]
      const said = `${JSON.stringify(headers)}: ${answers[0]?.body}`
      expect(
        answers.map(({ statusCode }) => statusCode),
        said,
      ).toEqual(isOwn ? [201, 200] : [403, 403])
    }
    expect(await harness.store.tokens()).toHaveLength(4)
  })

  it("can't come as a form: bodies are JSON or refused", async () => {
    const { cookie } = await harness.browserOf("ada")
    const types = [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "text/json",
      "",
    ]
    for (const type of types) {
      const answer = await harness.app.inject({
        method: "POST",
        url: "/api/v1/tokens",
        headers: { host, cookie, "content-type": type },
        payload: JSON.stringify({ name: "t", role: "admin" }),
      })
      expect([answer.statusCode, answer.json().error.code], type).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"])
    }
    expect(await harness.store.tokens()).toEqual([])
  })

  it("is none when a token asks: no browser sends one by itself", async () => {
    const authorization = `Bearer ${await harness.tokenOf("admin")}`
    const headers = { authorization, origin: "https://evil.example" }
    expect((await post("/tokens", headers, { name: "t", role: "viewer" })).statusCode).toBe(201)
  })
})

describe("the name that a request comes under", () => {
  const status = async (api: Harness, name: string) =>
    (await api.app.inject({ url: "/healthz", headers: { host: name } })).statusCode

  it("is one of loopback's on loopback, whatever the port", async () => {
    const good = ["127.0.0.1:8470", "127.0.0.1", "127.8.8.8:1", "localhost:5173", "LOCALHOST", "[::1]:8470", "[::1]"]
    const bad = [
      "evil.example",
      "evil.example:8470",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "127.0.0.999",
      "192.0.2.1:8470",
      "[2001:db8::1]:8470",
      "0.0.0.0:8470",
    ]
    for (const name of good) expect(await status(harness, name), name).toBe(200)
    for (const name of bad) expect(await status(harness, name), name).toBe(403)
  })

  it("may be another that the operator named, and anything where the server is open to a network", async () => {
    const named = await createHarness({ names: ["Thwart.example.com"] })
    expect(await status(named, "thwart.example.com")).toBe(200)
    expect(await status(named, "other.example.com")).toBe(403)
    await named.close()
    const open = await createHarness({ host: "192.0.2.1", insecure: true })
    expect(await status(open, "thwart.example.com")).toBe(200)
    await open.close()
  })
})

describe("a proxy in front", () => {
  const forwarded = {
    "x-forwarded-for": "198.51.100.7",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "thwart.example.com",
  }

  it("that nobody trusts changes nothing", async () => {
    const answer = await harness.signIn("ada", password, forwarded)
    expect(answer.headers["set-cookie"]).not.toContain("Secure")
    expect((await harness.store.audit({})).items[0]).toMatchObject({ from: "127.0.0.1" })
  })

  it("that is trusted tells the address, the name, and that it came over TLS", async () => {
    const behind = await createHarness({ trustedProxies: [prefix("127.0.0.0/8")], names: ["thwart.example.com"] })
    await behind.addUser("ada", "admin")
    const headers = { ...forwarded, origin: "https://thwart.example.com" }
    const answer = await behind.signIn("ada", password, headers)
    expect(answer.headers["set-cookie"]).toMatch(/^__Host-thwart_session=[\w-]{43}; .*Path=\/; .*Secure/)
    expect(answer.headers["strict-transport-security"]).toBe("max-age=31536000")
    const cookie = cookieOf(answer, true)
    expect((await behind.app.inject({ url: "/api/v1/session", headers: { ...headers, cookie } })).statusCode).toBe(200)
    expect((await behind.store.audit({})).items[0]).toMatchObject({ from: "198.51.100.7" })
    expect(behind.accounts.operatorAddresses()).toEqual(["198.51.100.7"])
    await behind.close()
  })
})
