import { type Alert, type Clock, type Ids, messageOf, type NodeRef, type Observation } from "../core/index.ts"
import { createLiveCaptureSensor } from "../sensors/capture/index.ts"
import { createEventFollower } from "../sensors/events/index.ts"
import { createAccessLogFollower } from "../sensors/logs/index.ts"
import type { Sensor } from "../sensors/sensor.ts"
import type { Config } from "./config.ts"
import type { Inspect } from "./inspect.ts"

export interface SensorParts {
  readonly ids: Ids
  readonly clock: Clock
  readonly node: NodeRef
  readonly onError: (error: unknown) => void
}

/** The sensors that the configuration asks for. */
export function createSensors(
  { capture, homeNets, netns, accessLogs, events }: Config,
  { ids, clock, node, onError }: SensorParts,
): readonly Sensor[] {
  const home = homeNets.length > 0 ? { homeNets } : {}
  const captures = capture.map((name) =>
    createLiveCaptureSensor(
      {
        ids,
        clock,
        onRestart: (reason) => onError(new Error(`capture on ${name} ended and is started again: ${reason}`)),
      },
      { interface: name, node, ...home, ...(netns === null ? {} : { netns }) },
    ),
  )
  const logs = accessLogs.map(({ file, from }) =>
    createAccessLogFollower({ ids }, { file, from, node, id: `log:${file}` }),
  )
  // By the whole path: two tools may write files of one name.
  const followers = events.map(({ file, format }) =>
    createEventFollower({ ids }, { file, format, node, id: `events:${file}`, ...home }),
  )
  return [...captures, ...logs, ...followers]
}

// A good part of a batch of the store, and far from where it refuses more.
const mostUnderWay = 1000

export interface RunDeps {
  readonly inspect: Inspect
  readonly ingest: (alerts: readonly Alert[]) => Promise<void>
  readonly onError: (error: unknown) => void
}

/** Runs sensors until the signal aborts. One that fails is told of, and does not hold up the others. */
export async function runSensors(
  sensors: readonly Sensor[],
  { inspect, ingest, onError }: RunDeps,
  signal: AbortSignal,
): Promise<void> {
  let underWay = 0
  const look = (observation: Observation) => {
    const alerts = inspect(observation)
    if (alerts.length === 0) return
    underWay += alerts.length
    // What can't be stored is told of, and the sensor goes on. Live traffic does not wait for the disk; who reads a file may.
    const stored = ingest(alerts)
      .catch(onError)
      .finally(() => {
        underWay -= alerts.length
      })
    return underWay > mostUnderWay ? stored : undefined
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
