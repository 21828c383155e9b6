/** A document as JSON text; the columns beside it are those that queries need. Text and not jsonb: evidence may hold U+0000, escaped. */
interface Document {
  readonly document: string
}

/** The tables, the same in SQLite and PostgreSQL. Times are milliseconds since the epoch. */
export interface Database {
  alerts: Document & { id: string; at: number; attacker: string; severity: number }
  incidents: Document & {
    id: string
    version: number
    started_at: number
    updated_at: number
    attacker: string
    status: string
  }
  countermeasures: Document & {
    id: string
    created_at: number
    expires_at: number | null
    ended_at: number | null
    incident: string | null
  }
  policies: Document & { id: string }
  proposals: Document & { id: string; created_at: number; policy: string; state: string }
  recommendations: Document & { id: string }
  allowlist: Document & { id: string }
  users: Document & { name: string }
  sessions: Document & { secret_hash: string; user_name: string; expires_at: number }
  tokens: Document & { id: string; secret_hash: string }
  rule_switches: Document & { id: string }
  rule_exceptions: Document & { id: string }
  /** `day` counts from the epoch. */
  rule_hits: { rule: string; day: number; hits: number; last_at: number }
  alert_verdicts: Document & { alert: string }
  rule_verdicts: { alert: string; rule: string; verdict: string }
  vulnerability_reports: Document & { id: string }
  audit: Document & { id: string; at: number }
}
