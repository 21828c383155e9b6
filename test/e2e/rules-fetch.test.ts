import { execFile, execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { has, testData } from "../support/requirements.ts"

const root = join(import.meta.dirname, "..", "..")

describe.runIf(has("fetching the Core Rule Set from a server", "data", "tar"))("thwart rules fetch", () => {
  const home = mkdtempSync(join(tmpdir(), "thwart-fetch-e2e-"))
  const server = createServer((_, response) => {
    const archive = readFileSync(join(home, "crs.tar.gz"))
    response.writeHead(200, { "content-length": archive.length }).end(archive)
  })
  let url = ""
  beforeAll(async () => {
    const packed = ["LICENSE", "crs-setup.conf.example", "rules"]
    const into = ["--transform", "s,^,coreruleset-4.28.0/,"]
    execFileSync("tar", ["-C", join(testData, "crs"), ...into, "-czf", join(home, "crs.tar.gz"), ...packed])
    writeFileSync(join(home, "request.http"), "GET /?id=1%27+or+1=1-- HTTP/1.1\r\nHost: a.example\r\n\r\n")
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready))
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/crs.tar.gz`
  })
  afterAll(() => {
    server.close()
    rmSync(home, { recursive: true, force: true })
  })

  const thwart = (...words: readonly string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const options = { env: { ...process.env, THWART_DATA: join(home, "data") }, cwd: home, maxBuffer: 1 << 26 }
      const child = execFile(join(root, "thwart"), words, options, (_, out, err) =>
        resolve({ code: child.exitCode ?? -1, out, err }),
      )
    })

  it("fetches the Core Rule Set, which then runs by its name", async () => {
    const before = await thwart("inspect", "--rules", "crs", "request.http")
    expect([before.code, before.err]).toEqual([2, expect.stringContaining('run "thwart rules fetch crs"')])

    const fetched = await thwart("rules", "fetch", url, "--version", "4.28.0")
    expect([fetched.code, fetched.err]).toEqual([0, `downloading ${url}\nchecking ${url}\n`])
    expect(fetched.out).toMatch(
      /4\.28\.0 is fetched: 6\d\d rules, 0 warnings, in \S+\/data\/rules\/crs\nsha256 \w{64}\n/,
    )
    expect((await thwart("rules", "fetch", url, "--version", "4.28.0")).out).toMatch(/is there already: 6\d\d rules/)

    expect((await thwart("rules", "check", "--rules", "crs")).out).toMatch(/^6\d\d rules, 0 mistakes, 0 warnings\n$/)
    const scores: number[] = []
    for (const level of ["1", "4"]) {
      const seen = await thwart("inspect", "--rules", "crs", "--paranoia-level", level, "--json", "request.http")
      expect(seen.code).toBe(1)
      scores.push(JSON.parse(seen.out).score)
    }
    expect(scores[0]).toBeGreaterThanOrEqual(5)
    expect(scores[1]).toBeGreaterThan(scores[0] ?? 0)
  }, 120_000)
})
