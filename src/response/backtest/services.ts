import type { Alert, BacktestResult, Incident, IncidentId, IncidentStatus, Millis, Policy } from "../../core/index.ts"
import type { Store } from "../../store/store.ts"
import type { ResponderDeps } from "../services.ts"

/** Correlation, as a backtest uses it: new for each, and fed with stored alerts. */
export interface Correlation {
  readonly correlator: Correlates
  readonly clusterer: Clusters
}

export interface Correlates {
  onAlerts(alerts: readonly Alert[]): readonly Incident[]
  onTime(now: Millis): readonly Incident[]
  setStatus(id: IncidentId, status: IncidentStatus, at: Millis): Incident | undefined
  readonly rules: readonly Remembers[]
}

export interface Clusters {
  /** The new alerts that this one completes. */
  onAlert(alert: Alert): readonly Alert[]
  readonly rules: readonly Remembers[]
}

interface Remembers {
  readonly id: string
  readonly windowMs: Millis
}

export interface BacktestDeps
  extends Pick<
    ResponderDeps,
    | "clock"
    | "enforcers"
    | "quarantiners"
    | "protectedNodes"
    | "tagsOf"
    | "surroundings"
    | "operators"
    | "limits"
    | "asnsOf"
  > {
  /** What there is to look back on; it is only read. */
  readonly store: Store
  readonly correlate: () => Correlation
  /** An empty store of its own for each, which nobody else sees; it is closed in the end. */
  readonly scratch: () => Promise<Store>
}

/** What is looked back on instead of policies: what rules have a part in, by policies as they are. */
export interface RuleSubject {
  /** Their ids. */
  readonly rules: ReadonlySet<string>
  /** `detection`: rules that raise alerts. `clustering` and `correlation`: rules that `correlate` of the request has. */
  readonly kind: "detection" | "clustering" | "correlation"
  /** What they would have raised, by events that are not stored; it takes the place of their stored alerts. */
  readonly given: readonly Alert[]
}

export interface BacktestRequest {
  /** Each is taken as turned on and automatic, but for what rules have a part in: there, as it is. */
  readonly policies: readonly Policy[]
  readonly of?: RuleSubject
  /** Other intent and clustering rules than those of today. */
  readonly correlate?: () => Correlation
  readonly since: Millis
  readonly until: Millis
}

export interface BacktestProgress {
  readonly alerts: number
  readonly at: Millis
  /** 0 to 1, by time. */
  readonly share: number
}

/** What policies would have done: nothing is stored, enforced or told to anybody. */
export interface Backtest {
  /** Rejects with the reason of the signal when that aborts. */
  run(
    request: BacktestRequest,
    onProgress: (progress: BacktestProgress) => void,
    signal: AbortSignal,
  ): Promise<BacktestResult>
}

/** What one backtest may cost. */
export interface BacktestLimits {
  readonly alerts: number
  readonly actions: number
}
