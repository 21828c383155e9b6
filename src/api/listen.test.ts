import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { request } from "node:https"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { has } from "../../test/support/requirements.ts"
import { isLoopback } from "./listen.ts"
import { createHarness, password } from "./testing/harness.ts"

describe("listening", () => {
  it("is on loopback, unless there is TLS or somebody said that it may be without", async () => {
    const local = ["127.0.0.1", "127.1.2.3", "localhost", "::1"]
    const open = [
      "0.0.0.0",
      "::",
      "192.0.2.1",
      "2001:db8::1",
      "thwart.example.com",
      "127.evil.example",
      "",
      "128.0.0.1",
    ]
    expect(local.map(isLoopback)).toEqual(local.map(() => true))
    expect(open.map(isLoopback)).toEqual(open.map(() => false))
    await expect(createHarness({ host: "0.0.0.0" })).rejects.toMatchObject({
      code: "THWART_LISTEN_INSECURE",
      message: expect.stringMatching(/0\.0\.0\.0.*--tls-cert.*--insecure/),
    })
    const harness = await createHarness({ host: "0.0.0.0", insecure: true })
    expect(await harness.api.listen()).toMatch(/^http:\/\//)
    await harness.close()
  })

  it("says what to do where it can't", async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve))
    const bound = taken.address()
    const port = bound !== null && typeof bound === "object" ? bound.port : 0
    const cases: readonly (readonly [host: string, port: number, message: RegExp])[] = [
      ["127.0.0.1", port, new RegExp(`127\\.0\\.0\\.1:${port}: something listens there already.*--port`)],
      ["192.0.2.77", 0, /192\.0\.2\.77:0: this machine does not have that address.*--host/],
    ]
    for (const [host, at, message] of cases) {
      const harness = await createHarness({ host, port: at, insecure: true })
      await expect(harness.api.listen()).rejects.toMatchObject({ code: "THWART_LISTEN_FAILED", message })
      await harness.close()
    }
    taken.close()
  })

  it("with a certificate that can't be read says which", async () => {
    await expect(createHarness({ tls: { cert: "/nowhere.crt", key: "/nowhere.key" } })).rejects.toMatchObject({
      code: "THWART_FILE_UNREADABLE",
      message: expect.stringContaining("/nowhere.crt"),
    })
  })
})

describe.runIf(has("the API over TLS", "openssl"))("over TLS", () => {
  let dir: string
  let harness: Awaited<ReturnType<typeof createHarness>>
  let url: string
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "thwart-tls-"))
    const tls = { cert: join(dir, "cert.pem"), key: join(dir, "key.pem") }
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    const making = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    execFileSync("openssl", [...making, ...subject, "-keyout", tls.key, "-out", tls.cert], { stdio: "ignore" })
    harness = await createHarness({ tls })
    await harness.addUser("ada", "admin")
    url = await harness.api.listen()
  })
  afterAll(async () => {
    await harness?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  /** The certificate is nobody's: it was made above. */
  const ask = (path: string, body?: object) =>
    new Promise<{ readonly status: number | undefined; readonly headers: NodeJS.Dict<string | string[]> }>(
      (resolve, reject) => {
        const options = { method: body === undefined ? "GET" : "POST", rejectUnauthorized: false, agent: false }
        const asking = request(`${url}${path}`, options, (answer) => {
          answer.resume()
          resolve({ status: answer.statusCode, headers: answer.headers })
        })
        asking.on("error", reject)
        if (body !== undefined) asking.setHeader("content-type", "application/json")
        asking.end(body === undefined ? undefined : JSON.stringify(body))
      },
    )

  it("browsers are told to stay there, and the cookie goes nowhere else", async () => {
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    const { status, headers } = await ask("/api/v1/session", { name: "ada", password })
    expect(status).toBe(200)
    expect(headers["strict-transport-security"]).toBe("max-age=31536000")
    expect(String(headers["set-cookie"])).toMatch(
      /^__Host-thwart_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
  })

  it("the document names the cookie as it is there", async () => {
    expect((await ask("/api/v1/openapi.json")).status).toBe(200)
    expect(harness.app.swagger()).toMatchObject({
      components: { securitySchemes: { session: { name: "__Host-thwart_session" } } },
    })
  })
})
