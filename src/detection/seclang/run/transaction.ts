import type { HttpObservation, Latin1, Millis } from "../../../core/index.ts"
import type { ParsedBody } from "../bodies/body.ts"
import { createRequestView, type RequestView } from "../bodies/request.ts"
import type { Hit } from "../operators/operator.ts"
import type { Scan } from "../prefilter/prefilter.ts"
import type { Rule } from "../rule.ts"
import type { Settings } from "../settings.ts"
import type { Chain } from "./chain.ts"
import type { ConstantStart } from "./constant-start.ts"
import type { FormCache } from "./form-cache.ts"
import type { PersistentRecord, PersistentStore } from "./persistent.ts"
import { createRemovals, type Removals } from "./removals.ts"
import type { Selection } from "./selection.ts"
import type { Collection, Value } from "./value.ts"

export type Phase = 1 | 2 | 3 | 4 | 5

/** Where a rule matched: the value after its transformations, and the bytes in it. */
export interface RuleMatch {
  /** `ARGS:id`, `REQUEST_LINE`, … */
  readonly variable: Latin1
  readonly text: Latin1
  readonly offset: number
  readonly length: number
  /** The value before its transformations. */
  readonly raw: Latin1
  readonly chain: Chain | null
}

/** A match while its rule runs: most are of bookkeeping, and nobody asks for more of them. */
export interface Sighting {
  /** The variable's. */
  readonly name: string
  readonly value: Value
  /** Behind the transformations. */
  readonly form: Latin1
  readonly hit: Hit | undefined
  readonly chain: Chain | null
}

/** `ARGS:id`, as rules and alerts name it. */
export const nameOf = ({ name, value: { key } }: Sighting): Latin1 => (key === "" ? name : `${name}:${key}`)

export interface MatchedRule {
  readonly rule: Rule
  readonly phase: Phase
  /** With its macros resolved. */
  readonly message: Latin1
  /** `logdata`, with its macros resolved. */
  readonly logData: Latin1
  readonly matches: readonly RuleMatch[]
  /** What its `setvar`s added to anomaly scores; null when it has none that do. */
  readonly added: Score | null
}

/** Anomaly score by paranoia level (from 1), as `tx.inbound_anomaly_score_pl1` and so on count it. */
export interface Score {
  readonly inbound: readonly number[]
  readonly outbound: readonly number[]
}

/** A transaction under the rules: all that changes while they run. */
export interface Transaction {
  readonly observation: HttpObservation
  readonly request: RequestView
  readonly settings: Settings
  readonly cache: FormCache
  readonly now: Millis
  readonly store: PersistentStore
  readonly onFailure: OnFailure
  phase: Phase
  /** Names in lower case. */
  readonly tx: Map<string, Latin1>
  /** How many of TX:0 to TX:9 the last capture set. */
  captured: number
  readonly env: Map<string, Latin1>
  /** Opened by `initcol`, `setsid`, `setuid`, `setrsc`. */
  readonly records: Map<string, PersistentRecord>
  /** Variables read so far, by number; some are read anew when a phase begins. */
  readonly collections: (Collection | undefined)[]
  /** What targets chose so far, by their number. */
  readonly selections: (Selection | undefined)[]
  /** What was found in all that a segment of the present phase looks at. */
  segments: (Scan | undefined)[]
  /** The selections that each phase brings something new to. */
  readonly refreshed: Refreshed
  /** MULTIPART, URLENCODED, JSON, XML, or empty. */
  bodyProcessor: string
  /** Read when phase 2 begins. */
  body: ParsedBody | undefined
  /** By `ctl:requestBodyAccess=Off`. */
  bodyAccess: boolean
  webAppId: Latin1
  /** What the present rule, or chain of rules, matched. */
  matches: Sighting[]
  added: { readonly inbound: number[]; readonly outbound: number[]; any: boolean }
  /** 0 (emergency) to 7; 255 while no rule with a severity matched. */
  highestSeverity: number
  rule: Rule | undefined
  readonly removals: Removals
  /** What `allow` lets go on without rules. */
  allowed: "nothing" | "phase" | "request" | "all"
  disrupted: Rule | undefined
  skip: number
  skipAfter: string | null
  readonly matched: MatchedRule[]
  /** False after `ctl:ruleEngine=Off`. */
  engineOn: boolean
}

export const paranoiaLevels = 4

export const noScore = () => ({
  inbound: new Array<number>(paranoiaLevels).fill(0),
  outbound: new Array<number>(paranoiaLevels).fill(0),
  any: false,
})

/** Told of a rule that could not be run to its end (V8's regex stack has an end, and so has a request's time). */
export type OnFailure = (rule: Rule, message: string) => void

export type Refreshed = Readonly<Record<Phase, readonly number[]>>

export interface TransactionOptions {
  readonly start: ConstantStart | undefined
  readonly refreshed: Refreshed
  readonly cache: FormCache
  readonly settings: Settings
  readonly store: PersistentStore
  readonly onFailure: OnFailure
}

export function createTransaction(
  observation: HttpObservation,
  { settings, store, refreshed, cache, start, onFailure }: TransactionOptions,
): Transaction {
  return {
    observation,
    request: createRequestView(observation.request, settings, cache),
    settings,
    cache,
    now: observation.at,
    store,
    onFailure,
    phase: 1,
    tx: new Map(start?.tx),
    captured: 0,
    env: new Map(),
    records: new Map(),
    collections: [],
    selections: [],
    segments: [],
    refreshed,
    bodyProcessor: "",
    body: undefined,
    bodyAccess: settings.requestBodyAccess,
    webAppId: settings.webAppId,
    matches: [],
    added: noScore(),
    highestSeverity: start?.highestSeverity ?? 255,
    rule: undefined,
    removals: createRemovals(),
    allowed: "nothing",
    disrupted: undefined,
    skip: 0,
    skipAfter: null,
    matched: [...(start?.matched ?? [])],
    engineOn: settings.engine !== "off",
  }
}
