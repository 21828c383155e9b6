import type { Alert, Diagnostic, HttpObservation, Observation } from "../core/index.ts"

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
  /** 1 to 5; null for what is not written in SecLang. */
  readonly phase: number | null
  /** `CRITICAL`, …; null when it names none. */
  readonly severity: string | null
  /** From its tag `paranoia-level/N`. */
  readonly paranoiaLevel: number | null
  /** Phases 1 and 2 look at what comes in, 3 to 5 at what goes out. */
  readonly direction: "inbound" | "outbound"
}
