import { join } from "node:path"
import {
  type Accounts,
  type CorrelationBook,
  createAccounts,
  createApi,
  createCorrelationBook,
  createRuleBook,
  createVulnerabilityBook,
  type RuleBook,
  type VulnerabilityBook,
} from "../api/index.ts"
import { type Bus, createInProcessBus } from "../bus/index.ts"
import {
  type Alert,
  type Clock,
  type CountermeasureId,
  createIds,
  type Ids,
  type NodeRef,
  parseCidr,
  prefix,
} from "../core/index.ts"
import {
  createClusterer,
  createCorrelator,
  createKnownVulnerabilities,
  loadCorrelationRules,
} from "../correlation/index.ts"
import {
  createDetector,
  createEventEvaluator,
  createRulePolicy,
  type Detector,
  eventRuleSummaries,
  loadEventRules,
  loadRules,
} from "../detection/index.ts"
import type { Enforcer, QuarantineEnforcer } from "../enforcers/index.ts"
import type { Notifications } from "../notifications/index.ts"
import {
  type Backtest,
  createBacktest,
  createExplain,
  createResponder,
  policySentence,
  type Responder,
  surroundingsOf,
} from "../response/index.ts"
import type { Sensor, SensorStatus } from "../sensors/sensor.ts"
import { createPostgresStore, createSqliteStore, type Store } from "../store/index.ts"
import { openAsnDatabase } from "./asn-database.ts"
import { createEnforcers } from "./builtins.ts"
import type { Config } from "./config.ts"
import { announceServer, forgetServer } from "./data-dir.ts"
import { enforce } from "./enforce.ts"
import { createInspect, type Inspect } from "./inspect.ts"
import { createMetrics } from "./metrics.ts"
import { machineFacts, tagsFrom, thisNode } from "./node.ts"
import { notify } from "./notify.ts"
import { createPipeline, type Pipeline } from "./pipeline.ts"
import { playbookDirectory, playbooksOf } from "./playbook-tools.ts"
import { createPreview } from "./preview.ts"
import { createResolveHost } from "./resolve-host.ts"
import { restoreCorrelation } from "./restore.ts"
import { chosenRules } from "./rule-choice.ts"
import { eventRulesOr, intentRulesOr, yamlFilesOnDisk } from "./rule-files.ts"
import { createSensors, runSensors } from "./sensors.ts"
import { createStatus } from "./status.ts"
import { version } from "./version.ts"

export interface StartDeps {
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  /** What is worth a line to whoever watches the process, and is no error. */
  readonly note?: (text: string) => void
  /** Enforcers beside those of the configuration, such as the list of a guard in this process. */
  readonly enforcers?: readonly Enforcer[]
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

const localTokenName = "this machine's command line"

/** Builds the graph, the one place where that is done, and starts it from left to right's end to its beginning. */
export async function startThwart(deps: StartDeps, { config, dataDir }: StartOptions): Promise<Thwart> {
  const { clock, onError } = deps
  const ids = createIds(clock)
  const node = thisNode(config.node?.name ?? null)
  const policy = createRulePolicy(clock)
  const detector = createDetector({
    ids,
    policy,
    rules: loadRules(...chosenRules({ rules: config.rules, paranoiaLevel: config.paranoiaLevel, dataDir })),
  })
  const eventRules = loadEventRules(eventRulesOr(config.eventRules), yamlFilesOnDisk)
  const correlationRules = loadCorrelationRules(intentRulesOr(config.intentRules), yamlFilesOnDisk)
  const evaluator = createEventEvaluator({ ids, policy, rules: eventRules.rules })
  const inspect = createInspect(detector, evaluator)
  const { netns, protectedNodes } = config
  const made = createEnforcers(
    config.enforcers,
    { clock, onError, note: deps.note ?? (() => undefined) },
    { netns, protectedNodes, dataDir },
  )
  const enforcers = { ...made, blocking: [...(deps.enforcers ?? []), ...made.blocking] }
  const ownStore =
    config.database === null
      ? await createSqliteStore({ path: join(dataDir, "thwart.db") })
      : await createPostgresStore({ url: config.database, onError })
  const stack = new AsyncDisposableStack()
  stack.defer(() => ownStore.close())
  try {
    const { store, notifications } = await notify(ownStore, config, { clock, ids, onError }, stack)
    const bus = createInProcessBus({ onError })
    const known = createKnownVulnerabilities()
    const vulnerabilities = createVulnerabilityBook({ store, clock, ids, known })
    await vulnerabilities.start()
    const correlator = createCorrelator(correlationRules.rules, { facts: known })
    const correlation = createCorrelationBook({ store, clock, facts: known, running: correlationRules })
    const clusterer = createClusterer(correlationRules.clusters)
    await restoreCorrelation(store, { correlator, clusterer }, clock.now())
    const accounts = createAccounts({ store, clock, ids })
    const directory = playbookDirectory([...enforcers.blocking, ...enforcers.quarantining].map(({ id }) => id))
    const preview = createPreview({ enforcers, clock, desired: () => responder.desired() })
    const around = {
      clock,
      store,
      enforcers: enforcers.blocking.map(({ id }) => id),
      quarantiners: enforcers.quarantining,
      protectedNodes,
      tagsOf: tagsFrom(config.nodeTags),
      surroundings: () => [...surroundingsOf(machineFacts), ...listening(config)],
      operators: async () => accounts.operatorAddresses(),
      resolveHost: createResolveHost(),
      asnsOf: config.asnDatabase === null ? undefined : openAsnDatabase(config.asnDatabase),
    }
    const responder: Responder = createResponder({
      ...around,
      ids,
      bus,
      setIncidentStatus: correlator.setStatus,
      reconsider: correlator.reconsider,
      forgetAlert: clusterer.forget,
      playbooks: { files: playbooksOf(config.playbooks, directory), directory, preview },
    })
    const backtest = createBacktest({
      ...around,
      correlate: () => correlation.begin(),
      scratch: () => createSqliteStore({ path: ":memory:" }),
    })
    await responder.start()
    const rules = createRuleBook({
      store,
      clock,
      ids,
      policy,
      rules: [...detector.rules, ...eventRuleSummaries(eventRules)],
    })
    await rules.start()
    const pipeline = createPipeline({ clock, store, bus, clusterer, correlator, responder, onError })
    stack.defer(() => pipeline.close())
    const ticking = setInterval(pipeline.tick, tickMs)
    stack.defer(() => clearInterval(ticking))
    const reconcilers = enforce(enforcers, { clock, responder, onError, driftCheckMs: config.driftCheckMs }, stack)
    const sensors = createSensors(config, { ids, clock, node, onError })
    const status = createStatus({ store, clock, sensors, otherSensors: deps.otherSensors ?? (() => []), reconcilers })
    const metrics = createMetrics({
      bus,
      ...status,
      recommendations: responder.recommendations,
      eventRules: evaluator,
      targets: notifications.targets,
    })
    stack.defer(() => metrics.close())
    const firstSignIn = await accounts.ensureAdministrator()
    const evidence = evidenceOf(enforcers.quarantining)
    const books = { backtest, rules, correlation, vulnerabilities }
    const running = { accounts, responder, ...books, pipeline, status, metrics, evidence, notifications }
    const api = await serveApi({ config, deps, store, bus, ids, ...running })
    stack.defer(() => api.close())
    const url = await api.listen()
    await letCommandLineIn({ url, dataDir, accounts, store }, stack)
    startSensors(sensors, { inspect, pipeline, onError }, stack)

    return {
      url,
      firstSignIn,
      node,
      ids,
      store,
      accounts,
      responder,
      detector,
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

interface ApiParts {
  readonly config: Config
  readonly deps: StartDeps
  readonly store: Store
  readonly bus: Bus
  readonly ids: Ids
  readonly accounts: Accounts
  readonly responder: Responder
  readonly backtest: Backtest
  readonly rules: RuleBook
  readonly correlation: CorrelationBook
  readonly vulnerabilities: VulnerabilityBook
  readonly pipeline: Pipeline
  readonly status: ReturnType<typeof createStatus>
  readonly metrics: ReturnType<typeof createMetrics>
  readonly evidence: ReturnType<typeof evidenceOf>
  readonly notifications: Notifications
}

/** What any of them found before it acted. */
function evidenceOf(enforcers: readonly QuarantineEnforcer[]) {
  return async (id: CountermeasureId): Promise<unknown> => {
    for (const enforcer of enforcers) {
      const found = await enforcer.evidenceOf(id)
      if (found !== undefined) return found
    }
    return undefined
  }
}

function serveApi({ config, deps, responder, pipeline, status, metrics, ...parts }: ApiParts) {
  return createApi(
    {
      ...parts,
      clock: deps.clock,
      decisions: responder,
      playbooks: responder.playbooks,
      explain: createExplain(parts.store),
      policySentence,
      ingest: pipeline.ingest,
      status: status.now,
      metrics: metrics.scrape,
      onError: deps.onError,
    },
    {
      host: config.listen.host,
      port: config.listen.port,
      tls: config.tls,
      insecure: config.insecure,
      trustedProxies: config.trustedProxies,
      consoleDir: join(import.meta.dirname, "..", "..", "console", "dist"),
      version,
    },
  )
}

/** The address that the server answers on is never blocked. */
function listening({ listen }: Config) {
  const own = parseCidr(listen.host)
  // The unspecified address stands for all of this node's own, which are protected anyway.
  return own === undefined || own === prefix("0.0.0.0") || own === prefix("::")
    ? []
    : [{ prefix: own, why: "where this server listens" }]
}

/** A token of this run's own, that only this machine's user can read. */
async function letCommandLineIn(
  {
    url,
    dataDir,
    accounts,
    store,
  }: { readonly url: string; readonly dataDir: string; readonly accounts: Accounts; readonly store: Store },
  stack: AsyncDisposableStack,
): Promise<void> {
  const by = { who: "system", from: null }
  // A run that was killed left its token behind.
  for (const token of await store.tokens()) if (token.name === localTokenName) await accounts.removeToken(token.id, by)
  const { token, secret } = await accounts.addToken({ name: localTokenName, role: "admin", expiresAt: null }, by)
  announceServer(dataDir, { url, token: secret })
  stack.defer(async () => {
    forgetServer(dataDir)
    await accounts.removeToken(token.id, by)
  })
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
