import { createInProcessBus } from "../../bus/index.ts"
import {
  type Alert,
  type Countermeasure,
  createIds,
  createManualClock,
  type EnforcementReport,
  type Incident,
  type NetworkPolicy,
  networkPolicy,
  policyId,
  prefix,
  type Recommendation,
} from "../../core/index.ts"
import type { Correlator } from "../../correlation/index.ts"
import { createSqliteStore, type Store } from "../../store/index.ts"
import { createResponder } from "../responder.ts"
import type { Responder, ResponderDeps } from "../services.ts"

export const startedAt = 1_700_000_000_000
export const ada = { who: "user:ada", from: "192.0.2.7" }

/** Response on a real store, fed as the pipeline feeds it. */
export interface House {
  readonly clock: ReturnType<typeof createManualClock>
  readonly store: Store
  readonly responder: Responder
  readonly published: readonly string[]
  readonly recommended: readonly (Recommendation | null)[]
  ingest(alerts: readonly Alert[], incidents: readonly Incident[]): Promise<void>
  /** As a process that starts anew on the same store. */
  again(overrides?: Partial<ResponderDeps>): Promise<House>
  audit(): Promise<readonly string[]>
  the(incident: Pick<Incident, "id">): Promise<Incident>
}

export async function createHouse(
  overrides: Partial<ResponderDeps> = {},
  before?: { readonly store: Store; readonly clock: House["clock"] },
): Promise<House> {
  const clock = before?.clock ?? createManualClock(startedAt)
  const store = before?.store ?? (await createSqliteStore({ path: ":memory:" }))
  const published: string[] = []
  const bus = createInProcessBus({ onError: () => undefined })
  const recommended: (Recommendation | null)[] = []
  bus.subscribe("recommendation", ({ recommendation }) => recommended.push(recommendation))
  bus.subscribe("countermeasure", ({ id }) => published.push(id))
  bus.subscribe("incident", ({ id, status }) => published.push(`${id} ${status}`))
  const responder = createResponder({
    clock,
    ids: createIds(clock),
    store,
    bus,
    enforcers: ["kernel"],
    surroundings: () => [{ prefix: prefix("10.0.0.1"), why: "a gateway of this node" }],
    operators: async () => ["192.0.2.7"],
    setIncidentStatus: () => undefined,
    ...overrides,
  })
  await responder.start()
  return {
    clock,
    store,
    responder,
    published,
    recommended,
    ingest: (alerts, incidents) =>
      responder.handle(alerts, incidents, (decided) =>
        store.record({ ...decided, alerts, incidents: [...incidents, ...(decided.incidents ?? [])] }),
      ),
    again: (more = {}) => createHouse({ ...overrides, ...more }, { store, clock }),
    audit: async () => (await store.audit({})).items.map(({ action }) => action),
    the: async ({ id }) => {
      const incident = await store.incident(id)
      if (incident === undefined) throw new Error(`${id} is not stored`)
      return incident
    },
  }
}

/** Feeds alerts through correlation into response. */
export async function attack(house: House, correlator: Correlator, alerts: readonly Alert[]): Promise<void> {
  for (const alert of alerts) await house.ingest([alert], correlator.onAlert(alert))
}

export function onlyBlock(house: House): Countermeasure {
  const [block, ...more] = house.responder.desired()
  if (block === undefined || more.length > 0) throw new Error(`${more.length + (block ? 1 : 0)} blocks, not one`)
  return block
}

export function applied(at: number): EnforcementReport {
  return { enforcer: "kernel", state: "applied", reason: null, since: at, checkedAt: at }
}

export function policyOf(overrides: Partial<NetworkPolicy>): NetworkPolicy {
  return networkPolicy.parse({
    id: policyId.parse("p"),
    name: "P",
    enabled: true,
    mode: "automatic",
    on: { kind: "incident", rule: null, minStages: 3 },
    severity: "high",
    count: 1,
    windowMs: 600_000,
    blockMs: 60_000,
    enforcers: [],
    ...overrides,
  })
}

export const onAlerts = { kind: "alert", classtypes: [], intents: [], tactics: [], techniques: [] } as const
