import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { type Alert, systemClock } from "../core/index.ts"
import { parseConfig } from "./config.ts"
import { startThwart } from "./start.ts"

const folder = mkdtempSync(join(tmpdir(), "thwart-access-logs-"))
afterAll(() => rmSync(folder, { recursive: true }))

const second = (n: number) => String(n % 60).padStart(2, "0")
const line = (client: string, n: number, request: string, status: number) =>
  `${client} - - [21/Nov/2026:10:00:${second(Math.floor(n))} +0000] "${request} HTTP/1.1" ${status} 12 "-" "Mozilla/5.0"\n`

describe("the configuration of access logs", () => {
  it("names files, and where reading begins", () => {
    const config = parseConfig("accessLogs: [{ file: a.log }, { file: b.log, from: start }]\n", "t.yaml")
    expect(config.accessLogs).toEqual([
      { file: "a.log", from: "end" },
      { file: "b.log", from: "start" },
    ])
    expect(() => parseConfig("accessLogs: [{ file: a.log, from: middle }]\n", "t.yaml")).toThrow(/accessLogs\.0\.from/)
  })
})

describe("the server", () => {
  it("raises alerts from an access log, from what stands there and from what comes", async () => {
    const file = join(folder, "access.log")
    const attack = "GET /?id=1%27%20union%20select%20password%20from%20users-- "
    writeFileSync(file, line("203.0.113.1", 0, attack, 200))
    const config = parseConfig(`listen: { port: 0 }\naccessLogs: [{ file: ${file}, from: start }]\n`, "t.yaml")
    const thwart = await startThwart(
      { clock: systemClock, onError: (error) => expect.unreachable(String(error)) },
      { config, dataDir: folder },
    )
    const alertsOf = async (client: string): Promise<readonly Alert[]> => {
      for (;;) {
        const { items } = await thwart.store.alerts({ limit: 100 })
        const found = items.filter(({ attacker }) => attacker === client)
        if (found.length > 0) return found
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    try {
      expect(thwart.sensors).toEqual([`log:${file}`])
      expect((await alertsOf("203.0.113.1"))[0]?.intent).toBe("exploitation")
      const guesses = Array.from({ length: 10 }, (_, n) => line("203.0.113.2", n, "POST /login", 401)).join("")
      const pages = Array.from({ length: 100 }, (_, n) => line("203.0.113.3", n / 10, `GET /shop/${n}`, 200)).join("")
      appendFileSync(file, guesses + pages + line("198.51.100.7", 12, "GET /", 200))
      const rulesOf = async (client: string) =>
        (await alertsOf(client)).map(({ contributions }) => contributions[0]?.rule as string)
      expect(await rulesOf("203.0.113.2")).toEqual(["thwart/http-login-guessing"])
      expect(await rulesOf("203.0.113.3")).toEqual(["thwart/http-crawl"])
    } finally {
      await thwart.stop()
    }
  })
})
