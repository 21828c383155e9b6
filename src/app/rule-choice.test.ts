import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { inboundOf } from "../../test/conformance/transactions.ts"
import { systemClock } from "../core/index.ts"
import { loadRules, readRequest } from "../detection/index.ts"
import { configSchema, parseConfig } from "./config.ts"
import { thwart } from "./guards/http.ts"
import { runProxy } from "./proxy-command.ts"
import { replay } from "./replay.ts"
import { chosenRules, rulesDirOf } from "./rule-choice.ts"
import { fetchRules } from "./rule-sets/index.ts"
import { makeTarGz } from "./rule-sets/testing/make-tar.ts"
import { ruleTools } from "./rule-tools.ts"
import { startThwart } from "./start.ts"

// Like the Core Rule Set's: a level that is set before them stays, and from level 2 on there is one rule more.
const rules = `
SecRuleEngine On
SecRule &TX:detection_paranoia_level "@eq 0" "id:901120,phase:1,pass,nolog,setvar:tx.detection_paranoia_level=1"
SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 2" "id:901130,phase:2,pass,nolog,skipAfter:END"
SecRule ARGS "@contains evil" "id:942100,phase:2,block,msg:'Evil',severity:'CRITICAL'"
SecMarker END
`
const name = "rules-of-a-test"
const logLine = '203.0.113.66 - - [21/Nov/2026:10:00:00 +0000] "GET /?q=evil HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
const rawRequest = "GET /?q=evil HTTP/1.1\r\nHost: a.example\r\n\r\n"

let dataDir = ""
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "thwart-choice-"))
  const archive = join(dataDir, `${name}.tar.gz`)
  writeFileSync(archive, makeTarGz([{ name: "set/rules/REQUEST-901-INITIALIZATION.conf", content: rules }]))
  const deps = { fetch, clock: systemClock, onStep: () => undefined, signal: new AbortController().signal }
  const options = { source: archive, version: undefined, sha256: undefined, to: undefined }
  await fetchRules(deps, { ...options, rulesDir: rulesDirOf(dataDir) })
  writeFileSync(join(dataDir, "access.log"), logLine)
})
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

interface Chosen {
  readonly rules: readonly string[]
  readonly paranoiaLevel: number | undefined
  readonly dataDir: string
}
const ask = (port: number | string) => fetch(`http://127.0.0.1:${port}/?q=evil`).then(({ status }) => status === 403)
const portOf = (server: ReturnType<typeof createServer>) => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}
const listening = (server: ReturnType<typeof createServer>) =>
  new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready))

/** Whether each finds the request evil. */
const users: Readonly<Record<string, (chosen: Chosen) => Promise<boolean>>> = {
  replay: async (chosen) => {
    const on = { onProgress: () => undefined, onAlert: () => undefined, onProblem: () => undefined }
    const files = [join(dataDir, "access.log")]
    const found = await replay(
      { files, eventRules: [], intentRules: [], homeNets: [], ...chosen },
      on,
      new AbortController().signal,
    )
    return [...found.rules.keys()].some((rule) => rule === "942100")
  },
  inspect: async (chosen) => ruleTools.inspect({ ...chosen, raw: rawRequest }).isAlert,
  serve: async ({ dataDir: own, ...chosen }) => {
    const config = configSchema.parse({ ...chosen, listen: { port: 0 } })
    const server = await startThwart({ clock: systemClock, onError: () => undefined }, { config, dataDir: own })
    try {
      return server.detector.inspect(inboundOf(readRequest(rawRequest))) !== null
    } finally {
      await server.stop()
    }
  },
  "a guard": async ({ paranoiaLevel, ...chosen }) => {
    const level = paranoiaLevel === undefined ? {} : { paranoiaLevel }
    const guard = thwart({ ...chosen, ...level, mode: "block" })
    const server = createServer(guard.wrap((_, response) => void response.end("ok")))
    await listening(server)
    return ask(portOf(server)).finally(() => server.close())
  },
  proxy: async (chosen) => {
    const application = createServer((_, response) => void response.end("ok"))
    await listening(application)
    const stop = new AbortController()
    const to = `http://127.0.0.1:${portOf(application)}`
    const options = { to, listen: "127.0.0.1:0", mode: "block", allow: [], trustedProxies: [] } as const
    const refused = Promise.withResolvers<boolean>()
    const on = {
      onReady: (url: string) => refused.resolve(ask(new URL(url).port)),
      onAlert: () => undefined,
      onError: () => undefined,
    }
    const running = runProxy({ ...options, failMode: "open", ...chosen }, on, stop.signal)
    await Promise.race([running, refused.promise]).finally(() => stop.abort())
    await running
    application.close()
    return refused.promise
  },
}

describe.each(Object.entries(users))("rules by their name in %s", (_user, isEvil) => {
  it("are those that were fetched, at the level that was asked for", async () => {
    expect(await isEvil({ rules: [name], paranoiaLevel: undefined, dataDir })).toBe(false)
    expect(await isEvil({ rules: [name], paranoiaLevel: 1, dataDir })).toBe(false)
    expect(await isEvil({ rules: [name], paranoiaLevel: 2, dataDir })).toBe(true)
    expect(await isEvil({ rules: [join(rulesDirOf(dataDir), name)], paranoiaLevel: 2, dataDir })).toBe(true)
  })

  it("say how to fetch them when they are not there", async () => {
    const missing = isEvil({ rules: ["crs"], paranoiaLevel: undefined, dataDir })
    await expect(missing).rejects.toThrow(
      `there is no file or folder "crs", and nothing of that name was fetched to ${dataDir}/rules (only ${name}); run "thwart rules fetch crs"`,
    )
  })
})

describe("rules that are chosen", () => {
  const pathsOf = (...list: readonly string[]) => chosenRules({ rules: list, dataDir })[0]

  it("are files, folders and what was fetched, in that order", () => {
    const [log, fetched] = [join(dataDir, "access.log"), join(rulesDirOf(dataDir), name)]
    expect(pathsOf(log, dataDir, name, "./nowhere")).toEqual([log, dataDir, fetched, "./nowhere"])
    expect(pathsOf()).toEqual([join(import.meta.dirname, "..", "..", "rules")])
    // What stands where it is run from comes before what was fetched.
    mkdirSync(join(rulesDirOf(dataDir), "src"))
    expect(pathsOf("src")).toEqual(["src"])
    expect(() => loadRules(...chosenRules({ rules: ["./crs"], dataDir }))).toThrow(/the rules in \.\/crs can't be read/)
  })

  it("can be checked by their name, with more before them", () => {
    expect(ruleTools.check({ rules: [name], paranoiaLevel: undefined, dataDir })).toMatchObject({ diagnostics: [] })
    const counts = [undefined, "SecAction id:1,phase:1,pass"].map(
      (more) => loadRules(...chosenRules({ rules: [name], dataDir }, more)).program.steps.length,
    )
    expect(counts[1]).toBe((counts[0] ?? 0) + 1)
  })

  it("are never signatures, which can't be run yet", () => {
    const folder = join(rulesDirOf(dataDir), "et-open")
    const record = {
      source: "et-open",
      version: "7.0.3",
      from: "x",
      sha256: "x",
      fetchedAt: "2026-01-01T00:00:00.000Z",
    }
    mkdirSync(folder)
    const whole = { ...record, format: "signatures", rules: 1, warnings: 0 }
    writeFileSync(join(folder, "thwart-fetched.json"), JSON.stringify(whole))
    expect(() => pathsOf("et-open")).toThrow(/"et-open" are signatures of Suricata/)
    rmSync(folder, { recursive: true })
    expect(() => pathsOf("et-open")).toThrow(/run "thwart rules fetch et-open"/)
  })

  it("run at a level of 1 to 4", () => {
    for (const paranoiaLevel of [0, 1.5, 5, Number.NaN])
      expect(() => chosenRules({ rules: [], paranoiaLevel, dataDir })).toThrow(
        /paranoia level \S+ is not one of 1 to 4/,
      )
    expect(parseConfig("rules: [crs]\nparanoiaLevel: 3\n", "t.yaml")).toMatchObject({
      rules: ["crs"],
      paranoiaLevel: 3,
    })
    expect(() => parseConfig("paranoiaLevel: 5\n", "t.yaml")).toThrow(/t\.yaml:1:16/)
  })
})
