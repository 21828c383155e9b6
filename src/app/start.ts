import { join } from "node:path"
import { type Accounts, createAccounts, createEventRuleBook, createRuleBook } from "../api/index.ts"
import { createInProcessBus } from "../bus/index.ts"
import { type Alert, type Clock, createIds, type Ids, type NodeRef } from "../core/index.ts"
import type { Detector } from "../detection/index.ts"
import type { Enforcer } from "../enforcers/index.ts"
import type { Responder } from "../response/index.ts"
import type { Sensor, SensorStatus } from "../sensors/sensor.ts"
import { createPostgresStore, createSqliteStore, type Store } from "../store/index.ts"
import { createEnforcers, type Enforcers } from "./builtins.ts"
import type { Config } from "./config.ts"
import { enforce } from "./enforce.ts"
import { createEventIntake } from "./event-intake.ts"
import { createReadRecords } from "./event-trial.ts"
import { letCommandLineIn, serveApi } from "./graph/api.ts"
import { readCorrelationRules, startCorrelation } from "./graph/correlation.ts"
import { createDetection } from "./graph/detection.ts"
import { startResponse } from "./graph/response.ts"
import type { Inspect } from "./inspect.ts"
import { createMetrics } from "./metrics.ts"
import { thisNode } from "./node.ts"
import { notify } from "./notify.ts"
import { createPipeline, type Pipeline } from "./pipeline.ts"
import { createSensors, runSensors } from "./sensors.ts"
import { createStatus } from "./status.ts"

export interface StartDeps {
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  /** What is worth a line to whoever watches the process, and is no error. */
  readonly note?: (text: string) => void
  /** Enforcers beside those of the configuration, such as the list of a guard in this process. */
  readonly enforcers?: readonly Enforcer[]
  /** Opens the store; without it the one that the configuration names. */
  readonly openStore?: typeof openStore
  /** Sensors that the caller runs itself, for the status. */
  readonly otherSensors?: () => readonly { readonly id: string; readonly status: SensorStatus }[]
}

export interface StartOptions {
  readonly config: Config
  readonly dataDir: string
}

/** The running whole. */
export interface Thwart {
  readonly url: string
  readonly firstSignIn: { readonly name: string; readonly oneTimePassword: string } | undefined
  readonly node: NodeRef
  readonly ids: Ids
  readonly store: Store
  readonly accounts: Accounts
  readonly responder: Responder
  readonly detector: Detector
  readonly sensors: readonly string[]
  readonly enforcers: readonly string[]
  ingest(alerts: readonly Alert[]): Promise<void>
  watchers(): number
  stop(): Promise<void>
}

// How late an incident may open that waits for nothing to follow.
const tickMs = 1000

/** Builds the graph, the one place where that is done, and starts it from left to right's end to its beginning. */
export async function startThwart(deps: StartDeps, options: StartOptions): Promise<Thwart> {
  const { config } = options
  const ids = createIds(deps.clock)
  // What can be wrong with rules and settings is told before anything is opened.
  const detection = createDetection({ clock: deps.clock, ids }, options)
  const correlationRules = readCorrelationRules(config.intentRules)
  const enforcers = enforcersFor(deps, options)
  const stack = new AsyncDisposableStack()
  try {
    const open = deps.openStore ?? openStore
    const ownStore = await open(config, { dataDir: options.dataDir, onError: deps.onError })
    stack.defer(() => ownStore.close())
    const { store, notifications } = await notify(ownStore, config, { ...deps, ids }, stack)
    const bus = createInProcessBus({ onError: deps.onError })
    const { clock, onError } = deps
    const common = { clock, ids, store, bus, onError }
    const { correlator, clusterer, ...books } = await startCorrelation(common, correlationRules)
    const accounts = createAccounts(common)
    const decided = await startResponse({ ...common, ...books, correlator, clusterer, enforcers, accounts }, config)
    const { responder, backtest } = decided
    const rules = createRuleBook({ ...common, policy: detection.policy, rules: detection.rules })
    await rules.start()
    const pipeline = createPipeline({ ...common, clusterer, correlator, responder })
    stack.defer(() => pipeline.close())
    const ticking = setInterval(pipeline.tick, tickMs)
    stack.defer(() => clearInterval(ticking))
    const reconcilers = enforce(enforcers, { ...common, responder, driftCheckMs: config.driftCheckMs }, stack)
    const node = thisNode(config.node?.name ?? null)
    const sensors = createSensors(config, { ...common, node })
    const { inspect } = detection
    const eventIntake = createEventIntake({ ids, node, homeNets: config.homeNets, inspect, ingest: pipeline.ingest })
    const otherSensors = () => [...(deps.otherSensors?.() ?? []), ...eventIntake.sensors()]
    const status = createStatus({ ...common, sensors, otherSensors, reconcilers })
    const { recommendations } = responder
    const counted = { recommendations, eventRules: detection.evaluator, targets: notifications.targets }
    const metrics = createMetrics({ bus, ...status, ...counted })
    stack.defer(() => metrics.close())
    const firstSignIn = await accounts.ensureAdministrator()
    const read = createReadRecords({ ids, node })
    const eventRules = createEventRuleBook({ ids, loaded: detection.eventRules, states: rules, read })
    const shown = { accounts, responder, backtest, rules, eventRules, eventIntake, ...books, notifications }
    const api = await serveApi(
      { ...common, ...shown, pipeline, status, metrics, quarantining: enforcers.quarantining },
      config,
    )
    stack.defer(() => api.close())
    const url = await api.listen()
    await letCommandLineIn({ url, dataDir: options.dataDir, accounts, store }, stack)
    startSensors(sensors, { inspect, pipeline, onError }, stack)

    return {
      ...{ url, firstSignIn, node, ids, store, accounts, responder },
      detector: detection.detector,
      sensors: sensors.map(({ id }) => id),
      enforcers: reconcilers.map(({ enforcer }) => enforcer.id),
      ingest: pipeline.ingest,
      watchers: api.watchers,
      stop: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** Those of the configuration, and those of the caller before them. */
function enforcersFor(
  { clock, onError, note = () => undefined, enforcers = [] }: StartDeps,
  { config, dataDir }: StartOptions,
): Enforcers {
  const { netns, protectedNodes } = config
  const made = createEnforcers(config.enforcers, { clock, onError, note }, { netns, protectedNodes, dataDir })
  return { ...made, blocking: [...enforcers, ...made.blocking] }
}

function openStore(
  { database }: Pick<Config, "database">,
  { dataDir, onError }: { readonly dataDir: string; readonly onError: (error: unknown) => void },
): Promise<Store> {
  return database === null
    ? createSqliteStore({ path: join(dataDir, "thwart.db") })
    : createPostgresStore({ url: database, onError })
}

interface SensorDeps {
  readonly inspect: Inspect
  readonly pipeline: Pipeline
  readonly onError: (error: unknown) => void
}

function startSensors(
  sensors: readonly Sensor[],
  { inspect, pipeline, onError }: SensorDeps,
  stack: AsyncDisposableStack,
): void {
  const stopping = new AbortController()
  const running = runSensors(sensors, { inspect, ingest: pipeline.ingest, onError }, stopping.signal)
  stack.defer(async () => {
    stopping.abort()
    await running
  })
}
