import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createHarness, type Harness, host } from "./testing/harness.ts"

const page = '<!doctype html><script type="module" src="/assets/index-1a2b.js"></script>'

describe("the console", () => {
  let dir: string
  let harness: Harness
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "thwart-console-"))
    const built = join(dir, "dist")
    mkdirSync(join(built, "assets"), { recursive: true })
    writeFileSync(join(dir, "secret"), "not served")
    writeFileSync(join(built, "index.html"), page)
    writeFileSync(join(built, "assets", "index-1a2b.js"), "export {}")
    harness = await createHarness({ consoleDir: built })
  })
  afterAll(async () => {
    await harness.close()
    rmSync(dir, { recursive: true })
  })
  const get = (url: string, headers: Record<string, string> = {}) =>
    harness.app.inject({ url, headers: { host, ...headers } })

  it("is its page for every path that is not the API's, whoever asks", async () => {
    for (const url of ["/", "/sign-in", "/incidents/inc_1?tab=alerts", "/index.html", "/apiary", "/metricsx"]) {
      const answer = await get(url)
      expect([answer.statusCode, answer.body], url).toEqual([200, page])
      expect(answer.headers["content-type"], url).toMatch(/^text\/html/)
      expect(answer.headers["cache-control"], url).toBe("no-cache")
    }
  })

  it("has files with their hash in the name, kept for a year", async () => {
    const answer = await get("/assets/index-1a2b.js")
    expect([answer.statusCode, answer.body]).toEqual([200, "export {}"])
    expect(answer.headers["content-type"]).toMatch(/^(text|application)\/javascript/)
    expect(answer.headers["cache-control"]).toBe("public, max-age=31536000, immutable")
  })

  it("says that a file is not there instead of giving the page for it", async () => {
    for (const url of ["/assets/index-old.js", "/assets/", "/api/v1/nothing", "/api", "/metrics/x", "/healthz/x"]) {
      const answer = await get(url)
      expect([answer.statusCode, answer.json().error.code], url).toEqual([404, "NOT_FOUND"])
    }
  })

  it("gives nothing from outside its folder", async () => {
    const ways = ["/../secret", "/%2e%2e/secret", "/assets/../../secret", "/assets/..%2f..%2fsecret", "//../secret"]
    for (const url of [...ways, "/..%5csecret", "/assets/%2e%2e%2f%2e%2e%2fsecret%00.js"])
      expect((await get(url)).body, url).not.toContain("not served")
  })

  it("tells browsers to run nothing but its own files, and in no frame", async () => {
    for (const url of ["/", "/assets/index-1a2b.js", "/api/v1/nothing", "/healthz", "/api/v1/incidents"]) {
      const { headers } = await get(url)
      const policy = String(headers["content-security-policy"])
      expect(policy.split("; "), url).toEqual([
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ])
      expect(headers, url).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
      })
      expect(headers["strict-transport-security"], url).toBeUndefined()
      expect(headers["access-control-allow-origin"], url).toBeUndefined()
    }
  })

  it("that is not built says how to build it, in a page, and the API works without", async () => {
    for (const consoleDir of [null, join(dir, "nowhere")]) {
      const bare = await createHarness({ consoleDir })
      const answer = await bare.app.inject({ url: "/incidents", headers: { host } })
      expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining("npm run setup")])
      expect(answer.headers["content-type"]).toMatch(/^text\/html/)
      expect((await bare.app.inject({ url: "/healthz", headers: { host } })).json()).toEqual({ status: "ok" })
      expect((await bare.app.inject({ url: "/api/v1/nothing", headers: { host } })).statusCode).toBe(404)
      await bare.close()
    }
  })
})
