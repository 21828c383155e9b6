import { type Alert, type Clock, type Ids, messageOf, type NodeRef, type Observation } from "../core/index.ts"
import type { Detector } from "../detection/index.ts"
import { createLiveCaptureSensor } from "../sensors/capture/index.ts"
import type { Sensor } from "../sensors/sensor.ts"
import type { Config } from "./config.ts"

export interface SensorParts {
  readonly ids: Ids
  readonly clock: Clock
  readonly node: NodeRef
  readonly onError: (error: unknown) => void
}

/** The sensors that the configuration asks for. */
export function createSensors(
  { capture, homeNets, netns }: Config,
  { ids, clock, node, onError }: SensorParts,
): readonly Sensor[] {
  return capture.map((name) =>
    createLiveCaptureSensor(
      {
        ids,
        clock,
        onRestart: (reason) => onError(new Error(`capture on ${name} ended and is started again: ${reason}`)),
      },
      { interface: name, node, ...(homeNets.length > 0 ? { homeNets } : {}), ...(netns === null ? {} : { netns }) },
    ),
  )
}

export interface RunDeps {
  readonly detector: Detector
  readonly ingest: (alerts: readonly Alert[]) => Promise<void>
  readonly onError: (error: unknown) => void
}

/** Runs sensors until the signal aborts. One that fails is told of, and does not hold up the others. */
export async function runSensors(
  sensors: readonly Sensor[],
  { detector, ingest, onError }: RunDeps,
  signal: AbortSignal,
): Promise<void> {
  const look = (observation: Observation) => {
    const alert = detector.inspect(observation)
    // Live traffic does not wait for the disk: what can't be stored is told of, and the sensor goes on.
    if (alert !== null) ingest([alert]).catch(onError)
  }
  await Promise.all(
    sensors.map((sensor) =>
      sensor
        .run(look, signal)
        .catch((error: unknown) =>
          onError(new Error(`the sensor ${sensor.id} stopped: ${messageOf(error)}`, { cause: error })),
        ),
    ),
  )
}
