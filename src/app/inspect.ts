import type { Alert, Observation } from "../core/index.ts"
import type { Detector, EventEvaluator } from "../detection/index.ts"

export type Inspect = (observation: Observation) => readonly Alert[]

/**
 * The alerts of an observation: of an event or a transaction one for each rule over fields that it fills; of a transaction, a
 * connection or a finding one more at most, with all that the other rules found.
 */
export function createInspect(detector: Pick<Detector, "inspect">, events: Pick<EventEvaluator, "look">): Inspect {
  return (observation) => {
    if (observation.kind === "event") return events.look(observation)
    const alert = detector.inspect(observation)
    const fieldAlerts = observation.kind === "http" ? events.look(observation) : []
    return alert === null ? fieldAlerts : [alert, ...fieldAlerts]
  }
}
