import type { Alert, Observation } from "../core/index.ts"
import type { Detector, EventEvaluator } from "../detection/index.ts"

export type Inspect = (observation: Observation) => readonly Alert[]

/** The alerts of an observation: of an event one for each rule that it fills, of all else one at most. */
export function createInspect(detector: Pick<Detector, "inspect">, events: Pick<EventEvaluator, "look">): Inspect {
  return (observation) => {
    if (observation.kind === "event") return events.look(observation)
    const alert = detector.inspect(observation)
    return alert === null ? [] : [alert]
  }
}
