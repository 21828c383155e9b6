import type { Bus } from "../bus/bus.ts"
import type {
  Alert,
  AlertId,
  AllowlistEntry,
  BlockAction,
  Clock,
  Countermeasure,
  CountermeasureId,
  EnforcementReport,
  Ids,
  Incident,
  IncidentId,
  IncidentNotes,
  IncidentStatus,
  InteractiveStatus,
  Millis,
  Mode,
  NodeRef,
  Policy,
  PolicyId,
  Proposal,
  ProposalId,
  QuarantineAction,
  Recommendation,
  RecommendationId,
} from "../core/index.ts"
import type { Changes, Store } from "../store/store.ts"
import type { AllowWish, AsnsOf, ResolveHost } from "./allowlist/index.ts"
import type { GuardrailLimits } from "./guardrails/index.ts"
import type { Place } from "./place.ts"
import type { PlaybookDesk, PlaybookSettings } from "./playbooks/index.ts"
import type { ProposalLimits } from "./recommendations/propose.ts"
import type { Evidence } from "./recommendations/standing.ts"
import type { TagsOf } from "./scope.ts"
import type { Protected } from "./surroundings.ts"

/** Who makes a change, and the address it comes from (null for Thwart itself). */
export interface Actor {
  readonly who: string
  readonly from: string | null
}

export interface BlockRequest extends Omit<Place, "action"> {
  /** Block it, unless something else is said. */
  readonly action?: BlockAction | undefined
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

/**
 * accept: put in force what is pending, this once. always-accept: also what comes, without asking. always-ignore: nothing of it, now
 * and later. dismiss: nothing of this; new evidence brings it back.
 */
export interface Decision {
  readonly kind: "accept" | "always-accept" | "always-ignore" | "dismiss"
  /** Null: all that is pending. */
  readonly pending: readonly ProposalId[] | null
  /** How long what is accepted lasts; null: until someone ends it; undefined: as the policy says. */
  readonly durationMs?: Millis | null | undefined
  readonly why: string
}

export interface DecisionReport {
  /** What became of each. */
  readonly items: readonly Proposal[]
  /** Those asked for that were pending no more. */
  readonly notPending: readonly ProposalId[]
  /** What is left of it. */
  readonly recommendation: Recommendation | null
}

export interface MaskWish {
  /** False: unmask them. */
  readonly masked: boolean
  readonly why: string
}

/** What became of them. */
export interface Masked {
  /** Those that were changed; the others were so already. */
  readonly alerts: readonly AlertId[]
  /** As they are now. */
  readonly incidents: readonly Incident[]
  /** What ended because it rested on nothing else. */
  readonly ended: readonly CountermeasureId[]
}

export interface ModeWish {
  readonly mode?: Mode | undefined
  readonly interactiveStatus?: InteractiveStatus | undefined
  /** What shall become of what is pending when a policy goes from interactive to automatic. */
  readonly pending: "accept" | "keep"
  readonly durationMs?: Millis | null | undefined
  readonly why: string
  /** Only tell what would be. */
  readonly preview: boolean
  /** As many as the preview showed: with more pending nothing is changed. */
  readonly expected?: number | undefined
}

export interface ModeChange {
  readonly policy: Policy
  /** What becomes of what was pending. */
  readonly items: readonly Proposal[]
  /** How many stay pending. */
  readonly kept: number
  readonly isPreview: boolean
}

/** What is pending, a page of it, oldest first. */
export interface PendingPage {
  readonly recommendation: Recommendation
  readonly items: readonly (Proposal & { readonly evidence: Evidence })[]
  /** Undefined on the last page. */
  readonly next: ProposalId | undefined
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
  /** The tags that a node carries; none by default. */
  readonly tagsOf?: TagsOf
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
  /** Correlation's own word on an incident whose alerts were masked or unmasked; absent: masking changes no incident. */
  readonly reconsider?: (
    incident: Incident,
    by: { readonly alerts: readonly Alert[]; readonly masked: readonly AlertId[]; readonly at: Millis },
  ) => Incident
  /** What clustering counted of a masked alert counts no more. */
  readonly forgetAlert?: (alert: Alert) => void
  readonly limits?: GuardrailLimits
  readonly proposalLimits?: ProposalLimits
  readonly playbooks?: PlaybookSettings
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
  /** Null: nobody has it. */
  assignIncident(id: IncidentId, assignee: string | null, actor: Actor): Promise<IncidentNotes>
  commentIncident(id: IncidentId, text: string, actor: Actor): Promise<IncidentNotes>
  /** Gives the policy as it is stored. */
  changePolicy(policy: Policy, actor: Actor): Promise<Policy>
  changeMode(policy: PolicyId, wish: ModeWish, actor: Actor): Promise<ModeChange>
  /** One for each policy that has something pending, newest first. */
  recommendations(): readonly Recommendation[]
  pending(
    id: RecommendationId,
    page: { readonly limit: number; readonly after?: ProposalId | undefined },
  ): Promise<PendingPage>
  decideRecommendation(id: RecommendationId, decision: Decision, actor: Actor): Promise<DecisionReport>
  /** A person marked these alerts: what was proposed because of false positives alone goes. */
  reviewEvidence(alerts: readonly AlertId[], actor: Actor): Promise<void>
  /** Masked alerts stay stored, count nowhere and trigger nothing; what rests on them alone ends. */
  maskAlerts(ids: readonly AlertId[], how: MaskWish, actor: Actor): Promise<Masked>
  readonly playbooks: PlaybookDesk
  /** What shall be in force now. */
  desired(): readonly Countermeasure[]
  /** What has ended, and is not reported as gone by each that had it in force. */
  leaving(): readonly Countermeasure[]
  onDesiredChange(listener: () => void): () => void
  /** Asked again right before something is put in force: why it must not be, or undefined; rejects when that can't be known. */
  refusalNow(of: Countermeasure): Promise<string | undefined>
  report(id: CountermeasureId, report: EnforcementReport): Promise<void>
  /** Asks again what host names on the allowlist stand for, and notes which entries ended. To be called every second or so. */
  refreshAllowlist(): Promise<void>
  /** Ends what is past its time, and decides what could not be decided before. To be called every second or so. */
  sweep(): Promise<void>
}
