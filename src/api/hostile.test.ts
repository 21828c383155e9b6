import { connect } from "node:net"
import type { InjectOptions } from "fastify"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { prefix } from "../core/index.ts"
import { alertAt } from "../store/testing/samples.ts"
import { apiErrorCodes, errorBody } from "./contract/index.ts"
import { createHarness, type Harness, host } from "./testing/harness.ts"

let harness: Harness
let headers: { readonly host: string; readonly authorization: string }
beforeAll(async () => {
  harness = await createHarness()
  headers = { host, authorization: `Bearer ${await harness.tokenOf("admin")}` }
})
afterAll(() => harness.close())

const ask = (request: InjectOptions) => harness.app.inject({ ...request, headers: { ...headers, ...request.headers } })
const send = (url: string, payload: string | object, method: "POST" | "PUT" | "PATCH" = "POST") =>
  ask({ method, url: `/api/v1${url}`, headers: { "content-type": "application/json" }, payload })

/** Checks that an answer is a refusal in the one shape, and gives its text. */
function refused(answer: Awaited<ReturnType<typeof ask>>, status: number, code: string, said: string): string {
  expect([answer.statusCode, answer.headers["content-type"]], `${said}: ${answer.body.slice(0, 500)}`).toEqual([
    status,
    "application/json; charset=utf-8",
  ])
  const { error } = errorBody.strict().parse(answer.json())
  expect(error.code, said).toBe(code)
  expect(apiErrorCodes.some((known) => known === code) || code.startsWith("THWART_"), code).toBe(true)
  expect(answer.body, said).not.toMatch(/node_modules|\.ts\b|at \w+ \(|Error:/)
  expect(answer.body.length, said).toBeLessThan(30_000)
  return error.message
}

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`
const block = { target: "203.0.113.7", durationMs: 60_000, reason: "test" }

describe("a body", () => {
  const bad: readonly (readonly [what: string, body: string | object, message: RegExp])[] = [
    ["not JSON", "{", /body/],
    ["nothing", "", /body/],
    ["half a character", '{"target":"\\ud8', /body/],
    ["another type", "[]", /expected object/],
    ["null", "null", /expected object/],
    ["a string", '"target"', /expected object/],
    ["a number", "1e999", /expected object/],
    ["a key of prototypes", '{"__proto__":{"role":"admin"},"target":"203.0.113.7"}', /body/],
    ["a key of constructors", '{"constructor":{"prototype":{"role":"admin"}},"target":"203.0.113.7"}', /body/],
    ["a key of prototypes, escaped", '{"\\u005f_proto__":{"role":"admin"},"target":"203.0.113.7"}', /body/],
    ["an unknown key", { ...block, durationMS: 1 }, /durationMS/],
    ["a long unknown key", { ...block, ["k".repeat(200_000)]: 1 }, /Unrecognized key/],
    ["deep nesting", `{"target":${nested(100_000)}}`, /target/],
    ["a number for a string", { ...block, target: 1 }, /target/],
    ["an object with toString", { ...block, target: { toString: "203.0.113.7" } }, /target/],
    ["a name for an address", { ...block, target: "evil.example" }, /target: "evil\.example" is not an address/],
    ["an address in octal", { ...block, target: "0313.0.113.7" }, /target/],
    ["a duration of nothing", { ...block, durationMs: 0 }, /durationMs/],
    ["a duration in halves", { ...block, durationMs: 1000.5 }, /durationMs/],
    ["a duration of ages", { ...block, durationMs: 1e300 }, /durationMs/],
    ["an action that is none", { ...block, action: "ignore" }, /action/],
    ["a limit without a rate", { ...block, action: "limit" }, /rate: a limit needs a rate/],
    ["a rate of a block", { ...block, rate: { perSecond: 5, unit: "packets" } }, /rate: a limit needs a rate/],
    ["a rate of nothing", { ...block, action: "limit", rate: { perSecond: 0, unit: "packets" } }, /perSecond/],
    ["a rate of ages", { ...block, action: "limit", rate: { perSecond: 1e12, unit: "bytes" } }, /perSecond/],
    ["a long reason", { ...block, reason: "x".repeat(501) }, /reason/],
  ]

  it("that is wrong is refused with what is wrong where", async () => {
    expect(bad).toHaveLength(26)
    for (const [what, body, message] of bad)
      expect(refused(await send("/countermeasures", body), 400, "INVALID", what), what).toMatch(message)
    expect((await harness.store.countermeasures({})).items).toEqual([])
    expect(Object.hasOwn(Object.prototype, "role")).toBe(false)
  })

  it("that is too large is refused before it is read, with more room for alerts", async () => {
    const large = { ...block, reason: "x".repeat(1024 * 1024) }
    refused(await send("/countermeasures", large), 413, "TOO_LARGE", "a block")
    const alerts = Array.from({ length: 20 }, (_, index) =>
      alertAt(1, `m${index}`, { evidence: { summary: "s", request: "r".repeat(100_000), response: null } }),
    )
    expect((await send("/alerts", { alerts })).statusCode).toBe(202)
    refused(await send("/alerts", { alerts: ["x".repeat(9 * 1024 * 1024)] }), 413, "TOO_LARGE", "alerts")
  })

  it("of alerts is taken whole or not at all", async () => {
    const good = alertAt(1, "good")
    const cases: readonly (readonly [string, unknown])[] = [
      ["no alerts", []],
      ["too many", Array.from({ length: 1001 }, (_, index) => alertAt(1, `n${index}`))],
      ["one that is too large", [good, alertAt(1, "l", { title: "x".repeat(300_000) })]],
      ["one from beyond the end of time", [good, { ...good, at: 1e300 }]],
      ["one before time", [good, { ...good, at: -1 }]],
      ["one with an id of another kind", [good, { ...good, id: "inc_1" }]],
      ["one with an attacker who is no address", [good, { ...good, attacker: "constructor" }]],
      ["one with no evidence", [good, { ...good, evidence: undefined }]],
      ["one that is null", [good, null]],
    ]
    expect(cases).toHaveLength(9)
    for (const [what, alerts] of cases) refused(await send("/alerts", { alerts }), 400, "INVALID", what)
    expect(await harness.store.alert(good.id)).toBeUndefined()
    const thousand = Array.from({ length: 1000 }, () => null)
    const { issues } = (await send("/alerts", { alerts: thousand })).json().error
    expect(issues).toHaveLength(50)
    expect(issues[0].path).toBe("alerts/0")
  })

  it("of settings is checked like any other", async () => {
    const cases: readonly (readonly ["POST" | "PUT" | "PATCH", string, object, RegExp])[] = [
      ["POST", "/allowlist", { prefix: "10.0.0.0/8", comment: "x", expireAt: 1 }, /expireAt/],
      ["POST", "/allowlist", { prefix: "10.0.0.0/33", comment: "x" }, /prefix/],
      ["POST", "/allowlist", { prefix: "10.0.0.0/8", comment: "x", expiresAt: 1e16 }, /expiresAt/],
      ["POST", "/users", { name: "UPPER", role: "viewer" }, /name/],
      ["POST", "/users", { name: "__proto__", role: "viewer" }, /name/],
      ["POST", "/users", { name: "ada", role: "root" }, /role/],
      ["POST", "/users", { name: "a".repeat(65), role: "viewer" }, /name/],
      ["PATCH", "/users/ada", { disabled: "yes" }, /disabled/],
      ["POST", "/tokens", { name: "line\nbreak", role: "viewer" }, /name/],
      ["POST", "/tokens", { name: "t", role: "viewer", expiresAt: "soon" }, /expiresAt/],
      ["PATCH", "/incidents/inc_1", { status: "gone" }, /status/],
      ["PUT", "/policies/p", { id: "p" }, /name/],
      ["POST", "/session/one-time", { token: "short" }, /token/],
    ]
    expect(cases).toHaveLength(13)
    for (const [method, url, body, message] of cases)
      expect(refused(await send(url, body, method), 400, "INVALID", url)).toMatch(message)
    const [policy] = await harness.store.policies()
    const other = { ...policy, id: "another" }
    expect(refused(await send("/policies/p", other, "PUT"), 400, "INVALID", "policy")).toMatch(/"another".*"p"/)
  })
})

describe("an address", () => {
  it("that is wrong is refused with what is wrong where", async () => {
    const cases: readonly (readonly [url: string, status: number, code: string])[] = [
      ["/api/v1/alerts?limit=0", 400, "INVALID"],
      ["/api/v1/alerts?limit=1001", 400, "INVALID"],
      ["/api/v1/alerts?limit=1&limit=2", 400, "INVALID"],
      ["/api/v1/alerts?limit=ten", 400, "INVALID"],
      ["/api/v1/alerts?since=yesterday", 400, "INVALID"],
      ["/api/v1/alerts?since=1e300", 400, "INVALID"],
      ["/api/v1/alerts?attacker=127.1", 400, "INVALID"],
      ["/api/v1/alerts?__proto__=1", 400, "INVALID"],
      ["/api/v1/alerts?constructor[prototype]=1", 400, "INVALID"],
      ["/api/v1/alerts?unknown=1", 400, "INVALID"],
      ["/api/v1/alerts?cursor=rubbish", 400, "THWART_USAGE"],
      [`/api/v1/alerts?cursor=${"A".repeat(501)}`, 400, "INVALID"],
      ["/api/v1/countermeasures?active=perhaps", 400, "INVALID"],
      ["/api/v1/incidents?status=gone", 400, "INVALID"],
      ["/api/v1/alerts/inc_1", 400, "INVALID"],
      ["/api/v1/alerts/alr_none", 404, "THWART_NOT_FOUND"],
      ["/api/v1/alerts/..%2f..%2fetc%2fpasswd", 400, "INVALID"],
      ["/api/v1/alerts/%00", 400, "INVALID"],
      ["/api/v1/alerts/%zz", 400, "INVALID"],
      ["/api/v1/alerts/%e0%a4%a", 400, "INVALID"],
      ["/api/v1/explain/nothing-of-this-kind", 404, "THWART_NOT_FOUND"],
      [`/api/v1/explain/${"a".repeat(201)}`, 400, "INVALID"],
      [`/api/v1/explain/${"a".repeat(5000)}`, 404, "NOT_FOUND"],
      ["/api/v1/", 404, "NOT_FOUND"],
      ["/api/v1", 404, "NOT_FOUND"],
      ["/api", 404, "NOT_FOUND"],
      ["/api/v2/alerts", 404, "NOT_FOUND"],
      ["/api/v1/alerts/", 400, "INVALID"],
      ["/metrics/x", 404, "NOT_FOUND"],
      [`/api/v1/${"x".repeat(10_000)}`, 404, "NOT_FOUND"],
    ]
    expect(cases).toHaveLength(30)
    for (const [url, status, code] of cases) refused(await ask({ url }), status, code, url.slice(0, 80))
  })

  it("with a method that it does not have is not there", async () => {
    for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH"] as const)
      refused(await ask({ method, url: "/api/v1/alerts" }), 404, "NOT_FOUND", method)
  })

  it("may be an address or a prefix in explain, escaped or not", async () => {
    const target = prefix("198.51.100.0/24")
    const answer = await ask({ url: `/api/v1/explain/${encodeURIComponent(target)}` })
    expect(refused(answer, 404, "THWART_NOT_FOUND", target)).toContain('"198.51.100.0/24"')
  })
})

describe("a failure inside", () => {
  it("is told to the log, and to nobody else", async () => {
    const own = await createHarness()
    const authorization = `Bearer ${await own.tokenOf("viewer")}`
    await own.store.close()
    const before = own.errors.length
    for (const url of ["/healthz", "/api/v1/alerts"]) {
      const answer = await own.app.inject({ url, headers: { host, authorization } })
      expect(answer.json().error.code).toMatch(/^(THWART_STORE_FAILED|INTERNAL)$/)
      refused(answer, answer.json().error.code === "INTERNAL" ? 500 : 503, answer.json().error.code, url)
      expect(answer.body).not.toMatch(/memory|database|sqlite/i)
    }
    expect(own.errors.length).toBe(before + 2)
    await own.api.close()
  })
})

describe("bytes that are no request", () => {
  /** What comes back for these bytes, until the server hangs up. */
  const talk = (port: number, bytes: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.end(bytes, "latin1"))
      let answer = ""
      socket.setEncoding("latin1").on("data", (chunk: string) => {
        answer += chunk
      })
      // Who hangs up on bytes that are still coming resets the connection, and the answer may be lost with it.
      socket.on("error", () => undefined).on("close", () => resolve(answer))
    })

  it("are refused without harm", async () => {
    const own = await createHarness()
    const port = Number(new URL(await own.api.listen()).port)
    const cases: readonly (readonly [bytes: string, status: string])[] = [
      ["rubbish\r\n\r\n", "400"],
      ["GET /healthz HTTP/1.1\r\n\r\n", "400"],
      ["GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "4"],
      ["GET /healthz HTTP/1.0\r\n\r\n", "403"],
      ["GET /healthz HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n", "403"],
      [`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nX: ${"x".repeat(100_000)}\r\n\r\n`, "(431)?$"],
      [`GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, "(431)?$"],
      [
        `POST /api/v1/session HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        "400",
      ],
      [`GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`, "4"],
      [`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, "200"],
    ]
    expect(cases).toHaveLength(10)
    for (const [bytes, status] of cases) {
      const answer = await talk(port, bytes)
      expect(answer.slice(9, 12), JSON.stringify(bytes.slice(0, 80))).toMatch(new RegExp(`^${status}`))
      expect(answer).not.toMatch(/node_modules|at \w+ \(/)
    }
    expect(own.errors).toEqual([])
    await own.close()
  })
})
