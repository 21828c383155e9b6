import type { Bus } from "../bus/bus.ts"
import type {
  Alert,
  Cidr,
  Clock,
  Countermeasure,
  CountermeasureId,
  Delivery,
  EventType,
  Ids,
  Incident,
  IncidentId,
  IncidentNotes,
  IncidentStatus,
  NodeId,
  Policy,
} from "../core/index.ts"
import type { TargetStatus } from "../notifications/index.ts"
import type { Allowed, AllowWish, Backtest, BlockRequest, Explanation, Responder } from "../response/index.ts"
import type { PlaybookDesk } from "../response/playbooks/index.ts"
import type { Store } from "../store/store.ts"
import type { Accounts } from "./auth/accounts.ts"
import type { Actor } from "./auth/principal.ts"
import type { EventIntakeReport, Status } from "./contract/index.ts"
import type { CorrelationBook } from "./correlation/correlation-book.ts"
import type { EventRuleBook } from "./event-rules/event-rule-book.ts"
import type { RuleBook } from "./rules/rule-book.ts"
import type { VulnerabilityBook } from "./vulnerabilities/vulnerability-book.ts"

/** What response offers to people. */
export interface Decisions
  extends Pick<
    Responder,
    "changeMode" | "recommendations" | "pending" | "decideRecommendation" | "reviewEvidence" | "maskAlerts"
  > {
  block(request: BlockRequest, actor: Actor): Promise<Countermeasure>
  undo(
    id: CountermeasureId,
    how: { readonly falsePositive: boolean; readonly comment: string },
    actor: Actor,
  ): Promise<Countermeasure>
  allow(wish: AllowWish, actor: Actor): Promise<Allowed>
  disallow(id: string, actor: Actor): Promise<void>
  changeIncident(id: IncidentId, status: IncidentStatus, actor: Actor): Promise<Incident>
  assignIncident(id: IncidentId, assignee: string | null, actor: Actor): Promise<IncidentNotes>
  commentIncident(id: IncidentId, text: string, actor: Actor): Promise<IncidentNotes>
  changePolicy(policy: Policy, actor: Actor): Promise<Policy>
}

/** Who is told of what happens. */
export interface Notifies {
  targets(): readonly TargetStatus[]
  test(target: string, by: Actor): Promise<Delivery>
}

/** Takes records of other tools. */
export interface EventIntake {
  /** Resolves when the alerts that they raise are stored. */
  take(sent: {
    readonly format: EventType
    readonly bytes: Buffer
    /** Where records that name no machine of their own are from; null: this one. */
    readonly node: NodeId | null
    readonly sender: string
  }): Promise<EventIntakeReport>
}

export interface ApiDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly accounts: Accounts
  readonly decisions: Decisions
  readonly rules: RuleBook
  readonly notifications: Notifies
  readonly correlation: CorrelationBook
  readonly vulnerabilities: VulnerabilityBook
  readonly playbooks: PlaybookDesk
  readonly explain: (subject: string) => Promise<Explanation>
  readonly backtest: Backtest
  readonly policySentence: (policy: Policy) => string
  /** What an enforcer found before it acted; undefined when there is nothing. */
  readonly evidence: (id: CountermeasureId) => Promise<unknown>
  /** Resolves when the alerts are stored. */
  readonly ingest: (alerts: readonly Alert[]) => Promise<void>
  readonly eventIntake: EventIntake
  readonly eventRules: EventRuleBook
  readonly status: () => Promise<Status>
  /** The text of `/metrics` and its content type. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>
  readonly onError: (error: unknown) => void
}

export interface ApiOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly tls: { readonly cert: string; readonly key: string } | null
  /** Allow another address than loopback without TLS. */
  readonly insecure: boolean
  /** The built console; null: none. */
  readonly consoleDir: string | null
  readonly version: string
  /** Whose `X-Forwarded-For`, `-Host` and `-Proto` are believed; none by default. */
  readonly trustedProxies?: readonly Cidr[]
  /** Host names that a server on loopback answers to beside its own, for a proxy in front of it. */
  readonly names?: readonly string[]
  /** True: `/metrics` asks for no token, for a scraper that can't send one. */
  readonly metricsOpen?: boolean
  /** How often a silent event stream shows that it is alive. */
  readonly heartbeatMs?: number
}
