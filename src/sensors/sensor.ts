import type { Observation } from "../core/index.ts"

/** Takes an observation; a sensor that can wait awaits it (files), one that can't (live traffic) counts what it sheds. */
export type Sink = (observation: Observation) => void | Promise<void>

/** Counters since start; every name is a plain word that `--json`, metrics and the console show. */
export interface SensorStatus {
  readonly state: "starting" | "running" | "stopped" | "failed"
  /** Why it failed, and what to do; null otherwise. */
  readonly reason: string | null
  readonly observations: number
  /** What could not be read, by reason (`truncated packet`, `malformed line`, …). */
  readonly skipped: Readonly<Record<string, number>>
  /** Lost before it could be looked at (kernel buffer full, …). */
  readonly dropped: number
}

/**
 * Turns what happens into observations. `run` resolves when the input is at its end or the signal aborts, and rejects with a
 * ThwartError when it can't go on; what is merely malformed is counted in `status().skipped`. It may be run once.
 */
export interface Sensor {
  readonly id: string
  run(sink: Sink, signal: AbortSignal): Promise<void>
  status(): SensorStatus
}
