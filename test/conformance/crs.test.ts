import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { ruleFilesOnDisk } from "../../src/app/rule-files.ts"
import { ruleTools } from "../../src/app/rule-tools.ts"
import {
  checkRules,
  createDetector,
  enableLinearRegexFallback,
  loadRules,
  readRequest,
  readTestFile,
  requestBytes,
} from "../../src/detection/index.ts"
import { has, testData } from "../support/requirements.ts"
import { inboundOf } from "./transactions.ts"

const crs = join(testData, "crs")
const tests = join(crs, "tests")

describe.runIf(has("the Core Rule Set's regression tests", "data"))("the Core Rule Set", () => {
  beforeAll(enableLinearRegexFallback)

  it("loads unmodified, from its checkout or its folder of rules", () => {
    for (const path of [crs, join(crs, "rules")]) {
      const { program, diagnostics } = checkRules([path], ruleFilesOnDisk)
      expect(diagnostics).toEqual([])
      expect(program.steps.length).toBeGreaterThan(600)
    }
  })

  it("passes its own regression tests, with the expectations that its maintainers list for libmodsecurity", () => {
    const report = ruleTools.test(
      {
        rules: [crs],
        paranoiaLevel: 4,
        dataDir: undefined,
        ftw: [tests],
        overrides: [join(crs, "nginx-overrides.yaml")],
        only: [],
      },
      () => undefined,
    )
    expect(report.failures).toEqual([])
    expect(report.passed).toBeGreaterThan(3000)
    expect(report.ignored).toBe(0)
  }, 60_000)

  it("finds the same with every short cut turned off", () => {
    const load = (shortCuts: boolean) =>
      createDetector(
        { ids: inboundOf.ids, rules: loadRules([setup(4), crs], withSetup, { shortCuts }) },
        { behaviours: [] },
      )
    const [fast, plain] = [load(true), load(false)]
    const requests = requestsOf()
    expect(requests.length).toBeGreaterThan(3000)
    for (const request of requests) {
      const observation = inboundOf(request)
      const shown = (detector: typeof fast) => JSON.stringify({ ...detector.inspect(observation), id: null })
      expect(shown(fast)).toBe(shown(plain))
    }
  }, 120_000)

  it("gives every alert a class of attack, an intent and a technique", () => {
    const detector = createDetector(
      { ids: inboundOf.ids, rules: loadRules([setup(4), crs], withSetup) },
      { behaviours: [] },
    )
    const alerts = requestsOf().flatMap((request) => detector.inspect(inboundOf(request)) ?? [])
    expect(alerts.length).toBeGreaterThan(2000)
    for (const alert of alerts) {
      expect(alert.score).toBeGreaterThanOrEqual(alert.threshold)
      expect(alert.technique).toMatch(/^T\d{4}/)
      for (const { rule, tags, message } of alert.contributions) {
        expect(rule).toMatch(/^\d{6}$/)
        expect(message).not.toBe("")
        expect(tags.some((tag) => tag.startsWith("paranoia-level/"))).toBe(true)
      }
    }
    expect(new Set(alerts.map(({ title }) => title)).size).toBeGreaterThan(8)
  }, 60_000)
})

const setup = (level: number) => `setup-${level}.conf`
const withSetup = {
  ...ruleFilesOnDisk,
  list: (path: string) => (path.startsWith("setup-") ? [path] : ruleFilesOnDisk.list(path)),
  read: (path: string) =>
    path.startsWith("setup-")
      ? `SecAction "id:9009000,phase:1,nolog,pass,setvar:tx.blocking_paranoia_level=${path.charAt(6)},setvar:tx.detection_paranoia_level=${path.charAt(6)}"`
      : ruleFilesOnDisk.read(path),
  beside: (file: string, name: string) => join(dirname(file), name),
}

function requestsOf() {
  return readdirSync(tests, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .flatMap((file) => readTestFile(readFileSync(join(tests, file), "utf8"), file))
    .flatMap(({ stages }) => stages)
    .map(({ input }) => readRequest(requestBytes(input)))
}
