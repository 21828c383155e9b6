import type { Alert, Diagnostic, Direction, HttpObservation, Observation, Severity } from "../core/index.ts"

/** The verdict on one phase of a transaction that is still under way, for a guard that can hold it back. */
export interface Detector {
  /**
   * Runs every rule that applies to this kind of observation; at most one alert, which lists each rule that contributed.
   * Pure but for its counters: the same observation gives the same alert (apart from its id).
   */
  inspect(observation: Observation): Alert | null
  /** As `inspect` for the request alone (phases 1 and 2), before the application sees it. */
  inspectRequest(observation: HttpObservation): Alert | null
  readonly rules: readonly RuleSummary[]
  /** Warnings that loading gave; errors refuse to load. */
  readonly diagnostics: readonly Diagnostic[]
  /** Rules that failed while running (a pattern ran out of V8's stack, …), by id and how often; they are passed over. */
  failures(): ReadonlyMap<string, number>
}

/** A loaded rule as lists show it. */
export interface RuleSummary {
  readonly id: string
  readonly message: string
  readonly file: string
  readonly line: number
  readonly tags: readonly string[]
  /** Null for a rule that names none. */
  readonly severity: Severity | null
  /** 1 to 5; null for what is no rule of SecLang. */
  readonly phase: number | null
  /** What it looks at: requests (inbound), or answers and connections (outbound). */
  readonly direction: Direction
  /** The paranoia level from which on it runs; null when it names none. */
  readonly paranoia: number | null
  /** The name of its file without the ending. */
  readonly group: string
  /** True for what only sets and skips: no alert ever names it. */
  readonly bookkeeping: boolean
}
