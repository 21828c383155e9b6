import type { Bus } from "../bus/bus.ts"
import type {
  Alert,
  AllowlistEntry,
  Cidr,
  Clock,
  Countermeasure,
  CountermeasureId,
  Direction,
  EnforcementReport,
  Ids,
  Incident,
  IncidentId,
  IncidentStatus,
  Millis,
  NodeRef,
  Policy,
  QuarantineAction,
} from "../core/index.ts"
import type { Changes, Store } from "../store/store.ts"
import type { AllowWish, AsnsOf, ResolveHost } from "./allowlist/index.ts"
import type { GuardrailLimits } from "./guardrails/index.ts"
import type { Protected } from "./surroundings.ts"

/** Who makes a change, and the address it comes from (null for Thwart itself). */
export interface Actor {
  readonly who: string
  readonly from: string | null
}

export interface BlockRequest {
  readonly target: Cidr
  readonly direction: Direction
  /** Null: until someone ends it. */
  readonly durationMs: Millis | null
  readonly reason: string
}

export type Allowed = AllowlistEntry & { readonly freed: readonly Countermeasure[] }

export interface Quarantiner {
  readonly id: string
  readonly nodeKinds: readonly NodeRef["kind"][]
  readonly actions: readonly QuarantineAction[]
}

export interface ResponderDeps {
  readonly clock: Clock
  readonly ids: Ids
  readonly store: Store
  readonly bus: Pick<Bus, "publish">
  /** Ids of the enforcers that run and block addresses. */
  readonly enforcers: readonly string[]
  /** The enforcers that run and quarantine nodes; none by default. */
  readonly quarantiners?: readonly Quarantiner[]
  /** Ids and names of nodes that are never quarantined; none by default. */
  readonly protectedNodes?: readonly string[]
  /** The node's own addresses, gateways, resolvers and the server's. */
  readonly surroundings: () => readonly Protected[]
  /** What a host name on the allowlist stands for; absent: names are refused. */
  readonly resolveHost?: ResolveHost
  /** Which autonomous systems announce a prefix; absent: these are refused. */
  readonly asnsOf?: AsnsOf | undefined
  /** Where operators who are signed in came from. */
  readonly operators: () => Promise<readonly string[]>
  /** Correlation's own word on the status of an incident that it has in memory. */
  readonly setIncidentStatus: (id: IncidentId, status: IncidentStatus, at: Millis) => Incident | undefined
  readonly limits?: GuardrailLimits
  /** Told of what went wrong and is tried again. */
  readonly onError?: (error: unknown) => void
}

export interface Responder {
  /** Loads what is in force, and seeds the default policies of a new store. */
  start(): Promise<void>
  /** Decides about these alerts and incidents; `record` stores the decision together with its cause, and only then does it hold. */
  handle(
    alerts: readonly Alert[],
    incidents: readonly Incident[],
    record: (decided: Changes) => Promise<void>,
  ): Promise<void>
  block(request: BlockRequest, actor: Actor): Promise<Countermeasure>
  undo(
    id: CountermeasureId,
    how: { readonly falsePositive: boolean; readonly comment: string },
    actor: Actor,
  ): Promise<Countermeasure>
  /** With what it ended because of that. */
  allow(wish: AllowWish, actor: Actor): Promise<Allowed>
  disallow(id: string, actor: Actor): Promise<void>
  changeIncident(id: IncidentId, status: IncidentStatus, actor: Actor): Promise<Incident>
  changePolicy(policy: Policy, actor: Actor): Promise<void>
  /** What shall be in force now. */
  desired(): readonly Countermeasure[]
  onDesiredChange(listener: () => void): () => void
  /** Asked again right before something is put in force: why it must not be, or undefined; rejects when that can't be known. */
  refusalNow(of: Countermeasure): Promise<string | undefined>
  report(id: CountermeasureId, report: EnforcementReport): Promise<void>
  /** Asks again what host names on the allowlist stand for, and notes which entries ended. To be called every second or so. */
  refreshAllowlist(): Promise<void>
  /** Ends what is past its time, and decides what could not be decided before. To be called every second or so. */
  sweep(): Promise<void>
}
