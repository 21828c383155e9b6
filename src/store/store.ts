import type {
  Alert,
  AlertId,
  AlertVerdict,
  AllowlistEntry,
  ApiToken,
  AuditEntry,
  Countermeasure,
  CountermeasureId,
  Delivery,
  DeliveryState,
  Incident,
  IncidentId,
  IncidentNotes,
  IncidentStatus,
  IpAddress,
  Millis,
  Playbook,
  PlaybookId,
  PlaybookNotice,
  PlaybookRun,
  Policy,
  PolicyId,
  Proposal,
  ProposalState,
  RecommendationHead,
  RecommendationId,
  RuleException,
  RuleId,
  RuleSwitch,
  Session,
  Severity,
  User,
  VulnerabilityReport,
} from "../core/index.ts"

/** Everything that changed together. Rows with the id of one that is there replace it; alerts with a known id are left alone. */
export interface Changes {
  readonly alerts?: readonly Alert[]
  /** Of stored alerts; what a masked one counted for its rules is taken back. */
  readonly masks?: readonly Pick<Alert, "id" | "masked">[]
  /** An incident is written only where its version is higher than the stored one. */
  readonly incidents?: readonly Incident[]
  readonly countermeasures?: readonly Countermeasure[]
  readonly policies?: readonly Policy[]
  readonly proposals?: readonly Proposal[]
  readonly recommendations?: readonly RecommendationHead[]
  readonly removedRecommendations?: readonly RecommendationId[]
  readonly allowlist?: readonly AllowlistEntry[]
  readonly removedAllowlist?: readonly string[]
  readonly users?: readonly User[]
  readonly sessions?: readonly Session[]
  /** By `secretHash`. */
  readonly removedSessions?: readonly string[]
  readonly tokens?: readonly ApiToken[]
  readonly removedTokens?: readonly string[]
  /** As they are after use: written only where they still are, so that one that was removed meanwhile does not come back. */
  readonly usedSessions?: readonly Session[]
  readonly usedTokens?: readonly ApiToken[]
  readonly audit?: readonly AuditEntry[]
  /** One for each rule and node. */
  readonly ruleSwitches?: readonly RuleSwitch[]
  readonly removedRuleSwitches?: readonly Pick<RuleSwitch, "rule" | "node">[]
  readonly ruleExceptions?: readonly RuleException[]
  /** With the rules of the alert, which the verdict counts for; it replaces the alert's verdict before. */
  readonly verdicts?: readonly (AlertVerdict & { readonly rules: readonly RuleId[] })[]
  readonly removedVerdicts?: readonly AlertId[]
  /** The outbox of notifications. */
  readonly deliveries?: readonly Delivery[]
  /** Those that are no longer pending and were made before this are forgotten. */
  readonly forgetDeliveriesBefore?: Millis
  readonly vulnerabilityReports?: readonly VulnerabilityReport[]
  /** By id. */
  readonly removedVulnerabilityReports?: readonly string[]
  readonly playbooks?: readonly Playbook[]
  /** With their switches. */
  readonly removedPlaybooks?: readonly PlaybookId[]
  /** One for each playbook, also for those that stand in files. */
  readonly playbookSwitches?: readonly PlaybookSwitch[]
  /** Kept for 90 days behind the newest. */
  readonly playbookRuns?: readonly PlaybookRun[]
  readonly incidentNotes?: readonly IncidentNotes[]
  /** What playbooks have people told: a store keeps none of it, `telling(store)` of notifications makes `deliveries` of it. */
  readonly playbookNotices?: readonly PlaybookNotice[]
}

/** Whether somebody turned a playbook on or off, whatever it says itself. */
export interface PlaybookSwitch {
  readonly playbook: PlaybookId
  readonly enabled: boolean
  readonly by: string
  readonly at: Millis
}

/** What a switch is known by. */
export const ruleSwitchKey = ({ rule, node }: Pick<RuleSwitch, "rule" | "node">): string => JSON.stringify([rule, node])

/** How often a rule contributed to alerts that are not masked, and what analysts marked of them. */
export interface RuleStatistics {
  readonly rule: string
  /** Within the last 90 days that anything was counted. */
  readonly hits: number
  readonly lastAt: Millis | null
  readonly markedTrue: number
  readonly markedFalse: number
}

/** Newest first, unless it is said otherwise. `cursor` is opaque: pass the one of the page before. */
export interface PageQuery {
  /** 1-1000, default 100. */
  readonly limit?: number
  readonly cursor?: string | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Undefined on the last page. */
  readonly next: string | undefined
}

export interface AlertQuery extends PageQuery {
  readonly attacker?: IpAddress | undefined
  readonly since?: Millis | undefined
  readonly until?: Millis | undefined
  readonly minSeverity?: Severity | undefined
  readonly ids?: readonly AlertId[] | undefined
  readonly order?: "newest" | "oldest" | undefined
}

export interface IncidentQuery extends PageQuery {
  readonly status?: IncidentStatus | undefined
  readonly attacker?: IpAddress | undefined
  readonly since?: Millis | undefined
}

export interface CountermeasureQuery extends PageQuery {
  /** Only those wanted at this time (not ended, not expired). */
  readonly activeAt?: Millis | undefined
  readonly incident?: IncidentId | undefined
}

export interface DeliveryQuery extends PageQuery {
  readonly target?: string | undefined
  readonly state?: DeliveryState | undefined
}

export interface ProposalQuery extends PageQuery {
  readonly policy?: PolicyId | undefined
  readonly state?: ProposalState | undefined
}

export interface PlaybookRunQuery extends PageQuery {
  readonly playbook?: PlaybookId | undefined
  readonly state?: PlaybookRun["state"] | undefined
  readonly since?: Millis | undefined
}

/**
 * Remembers. Obligations of every implementation:
 * - `record` is atomic and durable: when its promise resolves, all of it survives SIGKILL; when it rejects, none of it was written.
 * - calls may overlap; a read that starts after a `record` resolved sees it.
 * - `close` waits for what is under way, and may be called twice.
 * - errors are ThwartError THWART_STORE_FAILED with the driver's error as cause.
 */
export interface Store {
  record(changes: Changes): Promise<void>

  alert(id: AlertId): Promise<Alert | undefined>
  alerts(query: AlertQuery): Promise<Page<Alert>>
  incident(id: IncidentId): Promise<Incident | undefined>
  incidents(query: IncidentQuery): Promise<Page<Incident>>
  countermeasure(id: CountermeasureId): Promise<Countermeasure | undefined>
  countermeasures(query: CountermeasureQuery): Promise<Page<Countermeasure>>
  policies(): Promise<readonly Policy[]>
  proposals(query: ProposalQuery): Promise<Page<Proposal>>
  /** Of every policy that has pending proposals. */
  recommendations(): Promise<readonly RecommendationHead[]>
  allowlist(): Promise<readonly AllowlistEntry[]>

  user(name: string): Promise<User | undefined>
  users(): Promise<readonly User[]>
  session(secretHash: string): Promise<Session | undefined>
  sessionsOf(user: string): Promise<readonly Session[]>
  /** By the SHA-256 of its secret. */
  tokenBySecret(secretHash: string): Promise<ApiToken | undefined>
  tokens(): Promise<readonly ApiToken[]>
  audit(query: PageQuery): Promise<Page<AuditEntry>>

  ruleSwitches(): Promise<readonly RuleSwitch[]>
  /** Those that ended too. */
  ruleExceptions(): Promise<readonly RuleException[]>
  ruleStatistics(): Promise<readonly RuleStatistics[]>
  /** Of at most 1000 alerts. */
  verdicts(alerts: readonly AlertId[]): Promise<readonly AlertVerdict[]>
  deliveries(query: DeliveryQuery): Promise<Page<Delivery>>

  vulnerabilityReports(): Promise<readonly VulnerabilityReport[]>
  playbooks(): Promise<readonly Playbook[]>
  playbookSwitches(): Promise<readonly PlaybookSwitch[]>
  playbookRun(id: string): Promise<PlaybookRun | undefined>
  playbookRuns(query: PlaybookRunQuery): Promise<Page<PlaybookRun>>
  incidentNotes(id: IncidentId): Promise<IncidentNotes | undefined>

  close(): Promise<void>
}
