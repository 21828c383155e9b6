import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import type { Inspection, RuleTools } from "../cli/index.ts"
import { address, createIds, type HttpObservation, systemClock, ThwartError } from "../core/index.ts"
import {
  checkRules,
  createDetector,
  defaultThresholds,
  type LoadedRules,
  loadRules,
  readOverrides,
  readRequest,
  readTestFile,
  runTests,
  summariesOf,
  trace,
} from "../detection/index.ts"
import { dataDirHere } from "./data-dir.ts"
import { thisNode } from "./node.ts"
import { chosenRules, rulesDirOf } from "./rule-choice.ts"
import { fetchRules } from "./rule-sets/index.ts"

export const ruleTools: RuleTools = {
  check: (choice) => {
    const { program, diagnostics } = checkRules(...chosenRules(choice))
    return { rules: summariesOf(program), diagnostics }
  },
  test: ({ ftw, overrides, only, ...choice }, onProgress) => {
    const { program } = loadRules(...chosenRules(choice, ftwSetup))
    const tests = testFiles(ftw)
      .flatMap((file) => readTestFile(read(file), file))
      .filter(
        ({ name }) => only.length === 0 || only.some((wanted) => name === wanted || name.startsWith(`${wanted}-`)),
      )
    if (tests.length === 0) throw new ThwartError("THWART_RULES_INVALID", `there is no such test in ${ftw.join(", ")}`)
    const known = new Map(overrides.flatMap((file) => [...readOverrides(read(file), file)]))
    return runTests(program, tests, known, (done) => onProgress(done, tests.length))
  },
  inspect: ({ raw, ...choice }) => inspection(loadRules(...chosenRules(choice)), raw),
  fetch: async ({ dataDir, ...options }, onStep, signal) => {
    const own = dataDirHere(dataDir)
    if (options.to === undefined) mkdirSync(own, { recursive: true, mode: 0o700 })
    return fetchRules({ fetch, clock: systemClock, onStep, signal }, { ...options, rulesDir: rulesDirOf(own) })
  },
  readInput: async (file) =>
    file === undefined || file === "-"
      ? Buffer.from(await text(process.stdin.setEncoding("latin1")), "utf8").toString("utf8")
      : read(file, "latin1"),
}

/** What the Core Rule Set's own test servers set: its limits are low, and it only detects. */
const ftwSettings = [
  "reporting_level=4",
  "crs_validate_utf8_encoding=1",
  "arg_name_length=100",
  "arg_length=400",
  "total_arg_length=64000",
  "max_num_args=255",
  "max_file_size=64100",
  "combined_file_sizes=65535",
]
const ftwSetup = `SecRuleEngine DetectionOnly
SecAction "id:9009001,phase:1,nolog,pass,${ftwSettings.map((setting) => `setvar:tx.${setting}`).join(",")}"`

function testFiles(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory()
      ? readdirSync(path, { recursive: true, encoding: "utf8" })
          .filter((file) => /\.ya?ml$/.test(file))
          .sort()
          .map((file) => join(path, file))
      : [path],
  )
}

function read(path: string, encoding: "utf8" | "latin1" = "utf8"): string {
  try {
    return readFileSync(path, encoding)
  } catch (cause) {
    throw new ThwartError("THWART_FILE_UNREADABLE", `the file ${path} can't be read`, { cause })
  }
}

function inspection(rules: LoadedRules, raw: string): Inspection {
  const ids = createIds(systemClock)
  const observation: HttpObservation = {
    kind: "http",
    id: ids.observation(),
    at: systemClock.now(),
    sensor: "inspect",
    node: thisNode(null),
    direction: "inbound",
    source: { address: address("192.0.2.1"), port: 40_000 },
    destination: { address: address("192.0.2.2"), port: 80 },
    origin: null,
    malformed: [],
    request: readRequest(raw),
    response: null,
  }
  const start = process.hrtime.bigint()
  const traced = trace(rules.program, observation, process.hrtime.bigint)
  const micros = Number(process.hrtime.bigint() - start) / 1000
  const alert = createDetector({ ids, rules }, { behaviours: [] }).inspect(observation)
  return {
    rules: traced.rules,
    score: alert?.score ?? Number(traced.transaction.tx.get("blocking_inbound_anomaly_score") ?? 0),
    threshold:
      alert?.threshold ??
      Number(traced.transaction.tx.get("inbound_anomaly_score_threshold") ?? defaultThresholds.inbound),
    isAlert: alert !== null,
    micros,
  }
}
