import { messageOf, type Observation } from "../../core/index.ts"
import type { Sensor, SensorStatus, Sink } from "../sensor.ts"
import type { Skipped } from "./skipped.ts"

/** How far a file is read. */
export interface ReadProgress {
  readonly bytesRead: number
  readonly bytesTotal: number
}

export interface RunParts {
  readonly id: string
  readonly skipped: Skipped
  /** Reads to the end, or until the signal aborts, and gives each observation on. */
  read(give: (observation: Observation) => void | Promise<void>, signal: AbortSignal): Promise<void>
}

/** A sensor around a function that reads: keeps its state and counts. */
export function createRunningSensor({ id, skipped, read }: RunParts): Sensor {
  let state: SensorStatus["state"] = "starting"
  let reason: string | null = null
  let observations = 0
  const giver = (sink: Sink) => (observation: Observation) => {
    observations++
    return sink(observation)
  }
  return {
    id,
    run: async (sink, signal) => {
      state = "running"
      try {
        if (!signal.aborted) await read(giver(sink), signal)
        state = "stopped"
      } catch (error) {
        state = "failed"
        reason = messageOf(error)
        throw error
      }
    },
    status: () => ({ state, reason, observations, skipped: skipped.counts(), dropped: 0 }),
  }
}
