import { address, createIds, type HttpObservation, nodeId, systemClock } from "../../core/index.ts"
import { createRuleRun, type RuleRun } from "../engine/rule-run.ts"
import { readRequest } from "../raw-request.ts"
import type { Program } from "../seclang/compile.ts"
import type { MatchedRule } from "../seclang/run/transaction.ts"
import { answerTo } from "./backend.ts"
import { type Overrides, overridden } from "./overrides.ts"
import { requestBytes } from "./request.ts"
import type { FtwInput, FtwOutput, FtwTest } from "./test-file.ts"

export interface FtwFailure {
  readonly test: string
  readonly expected: string
  readonly got: string
}

export interface FtwReport {
  readonly passed: number
  readonly failed: number
  /** Disabled in their file, or said by the overrides not to hold. */
  readonly ignored: number
  readonly failures: readonly FtwFailure[]
}

/**
 * Runs regression tests in process, one after the other. Where the overrides list a test, it passes with either expectation: that of
 * the test or that of the override.
 */
export function runTests(
  program: Program,
  tests: readonly FtwTest[],
  overrides: Overrides,
  onProgress: (done: number) => void = () => undefined,
): FtwReport {
  const failures: FtwFailure[] = []
  let passed = 0
  let ignored = 0
  for (const [index, test] of tests.entries()) {
    if (index % 100 === 0) onProgress(index)
    const override = overrides.get(test.name)
    if (!test.enabled) {
      ignored++
      continue
    }
    const failure = failureOf(program, test)
    if (failure === undefined) passed++
    else if (override === undefined) failures.push(failure)
    else if (override.output === undefined || override.output.expect_error === true) ignored++
    else if (failureOf(program, overridden(test, override)) === undefined) passed++
    else failures.push(failure)
  }
  return { passed, failed: failures.length, ignored, failures }
}

function failureOf(program: Program, test: FtwTest): FtwFailure | undefined {
  const failed = new Map<number, string>()
  // Each test has collections of its own; its stages share them.
  const run = createRuleRun({ program, onFailure: ({ id }, message) => void failed.set(id, message) })
  for (const { input, output } of test.stages) {
    const outcome = send(input, run)
    const wrong = outcome === undefined ? undefined : differenceOf(outcome, output)
    if (wrong !== undefined) return { test: test.name, ...wrong }
  }
  const [broken] = failed
  return broken === undefined
    ? undefined
    : { test: test.name, expected: "no rule fails", got: `rule ${broken[0]}: ${broken[1]}` }
}

interface Outcome {
  readonly status: number
  readonly ids: readonly number[]
  readonly log: string
}

const ids = createIds(systemClock)

function send(input: FtwInput, run: RuleRun): Outcome {
  const raw = requestBytes(input)
  if (!isRequest(raw)) return { status: 400, ids: [], log: "" }
  const { matched } = run(observe(raw), [1, 2, 3, 4, 5])
  const logged = matched.filter(({ rule }) => !rule.silent)
  return {
    status: 200,
    ids: logged.map(({ rule }) => rule.id),
    log: logged.map(logLine).join("\n"),
  }
}

/** What Node's server refuses before rules see it: no version in the first line, a NUL, or a length beside chunks (RFC 9112 §6.3). */
function isRequest(raw: string): boolean {
  const head = raw.slice(0, raw.search(/\r?\n\r?\n/) >>> 0)
  if (!/^\S+ [^\r\n]+ HTTP\/[1-3](?:\.[0-9])?\r?\n/.test(raw) || head.includes("\0")) return false
  return !(/^transfer-encoding:/im.test(head) && /^content-length:/im.test(head))
}

function observe(raw: string): HttpObservation {
  const request = readRequest(raw)
  return {
    kind: "http",
    id: ids.observation(),
    at: systemClock.now(),
    sensor: "ftw",
    node: { id: nodeId.parse("ftw"), kind: "host", name: "ftw" },
    direction: "inbound",
    source: { address: address("127.0.0.1"), port: 40000 },
    destination: { address: address("127.0.0.1"), port: 80 },
    origin: null,
    malformed: [],
    request,
    response: answerTo(request),
  }
}

/** A line as ModSecurity's error log has it, as far as tests look at it. */
function logLine({ rule, message, logData }: MatchedRule): string {
  const tags = rule.tags.map((tag) => ` [tag "${tag}"]`).join("")
  return `ModSecurity: Warning. [file "${rule.file}"] [line "${rule.place.line}"] [id "${rule.id}"] [msg "${message}"] [data "${logData}"]${tags}`
}

function differenceOf(outcome: Outcome, output: FtwOutput): Omit<FtwFailure, "test"> | undefined {
  const { log } = output
  const got = `status ${outcome.status}, rules ${outcome.ids.join(" ") || "none"}`
  const statuses = output.status === undefined ? [] : [output.status].flat()
  if (statuses.length > 0 && !statuses.includes(outcome.status))
    return { expected: `status ${statuses.join(" or ")}`, got }
  const missing = (log?.expect_ids ?? []).filter((id) => !outcome.ids.includes(id))
  if (missing.length > 0) return { expected: `rules ${missing.join(" ")}`, got }
  const unwanted = (log?.no_expect_ids ?? []).filter((id) => outcome.ids.includes(id))
  if (unwanted.length > 0) return { expected: `not the rules ${unwanted.join(" ")}`, got }
  if (output.isolated === true && outcome.ids.length !== 1) return { expected: "one rule alone", got }
  if (log?.match_regex !== undefined && !new RegExp(log.match_regex).test(outcome.log))
    return { expected: `a log that matches ${log.match_regex}`, got: outcome.log }
  if (log?.no_match_regex !== undefined && new RegExp(log.no_match_regex).test(outcome.log))
    return { expected: `a log that does not match ${log.no_match_regex}`, got: outcome.log }
  return undefined
}
