// `npm run fuzz -- --runs 1000000 --seed 1 --level 4`: mutated requests through the whole of the Core Rule Set at that paranoia level. Every
// run must end, without a failure of a rule, in bounded time and memory.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { ruleFilesOnDisk, rulesAtLevel } from "../../src/app/rule-files.ts"
import type { HttpRequest } from "../../src/core/index.ts"
import { collectGarbage } from "../../src/detection/garbage.ts"
import {
  createDetector,
  enableLinearRegexFallback,
  loadRules,
  readRequest,
  readTestFile,
  requestBytes,
} from "../../src/detection/index.ts"
import { inboundOf } from "../conformance/transactions.ts"
import { testData } from "../support/requirements.ts"
import { createDraw, mutateRequest } from "./mutate.ts"

export interface FuzzReport {
  readonly runs: number
  readonly alerts: number
  /** The slowest of all, in milliseconds of CPU time, as measured again alone. */
  readonly slowestMs: number
  /** How many took longer than the limit, and the first of them. */
  readonly slowCount: number
  readonly slow: readonly { readonly ms: number; readonly request: HttpRequest }[]
  readonly failures: ReadonlyMap<string, number>
  /** Growth of what is in use behind a collection, from one tenth of the run to its end. */
  readonly growthMegabytes: number
}

// A request of 100 KB that all rules of level 4 look at; ordinary ones take less than one.
const limitMs = 50
const reruns = 5

export function corpus(): readonly HttpRequest[] {
  const tests = join(testData, "crs", "tests")
  return readdirSync(tests, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .flatMap((file) => readTestFile(readFileSync(join(tests, file), "utf8"), file))
    .flatMap(({ stages }) => stages)
    .map(({ input }) => readRequest(requestBytes(input)))
}

export interface FuzzOptions {
  readonly runs: number
  readonly seed: number
  /** The paranoia level. */
  readonly level: number
}

export function fuzz(
  { runs, seed, level }: FuzzOptions,
  onProgress: (done: number) => void = () => undefined,
): FuzzReport {
  enableLinearRegexFallback()
  const files = existsSync(join(testData, "crs")) ? rulesAtLevel(level) : ruleFilesOnDisk
  const rules = loadRules([join(testData, "crs")], files)
  const detector = createDetector({ ids: inboundOf.ids, rules }, { behaviours: [] })
  const requests = corpus()
  const draw = createDraw(seed)
  const pick = () => requests[draw(requests.length)] ?? readRequest("")
  const slow: { ms: number; request: HttpRequest }[] = []
  let alerts = 0
  let slowestMs = 0
  let slowCount = 0
  let before = 0
  const inspectMs = (request: HttpRequest): number => {
    const start = process.cpuUsage()
    if (detector.inspect(inboundOf(request)) !== null) alerts++
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  }
  for (let run = 0; run < runs; run++) {
    const request = mutateRequest(pick(), pick(), draw)
    let ms = inspectMs(request)
    // What else the process did at that moment is not the request's.
    for (let again = 0; again < reruns && ms > limitMs; again++) ms = Math.min(ms, inspectMs(request))
    slowestMs = Math.max(slowestMs, ms)
    if (ms > limitMs) slowCount++
    if (ms > limitMs && slow.length < 20) slow.push({ ms, request })
    if (run === Math.floor(runs / 10)) before = inUseMegabytes()
    if (run % 10_000 === 0) onProgress(run)
  }
  return {
    runs,
    alerts,
    slowestMs,
    slowCount,
    slow,
    failures: detector.failures(),
    growthMegabytes: inUseMegabytes() - before,
  }
}

function inUseMegabytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1e6
}

if (process.argv[1] === import.meta.filename) {
  const value = (name: string, otherwise: number) => {
    const at = process.argv.indexOf(`--${name}`)
    return at < 0 ? otherwise : Number(process.argv[at + 1])
  }
  const seed = value("seed", 1)
  const level = value("level", 4)
  const report = fuzz({ runs: value("runs", 100_000), seed, level }, (done) =>
    process.stderr.write(`\r${done} requests`),
  )
  process.stderr.write("\r")
  console.log(JSON.stringify({ seed, level, ...report, failures: Object.fromEntries(report.failures) }, null, 2))
  process.exitCode = report.slow.length > 0 || report.failures.size > 0 ? 1 : 0
}
