import { type Countermeasure, compareSeverity, isByPerson, type Millis } from "../core/index.ts"
import type { Cause } from "./policies.ts"
import { isLater } from "./wanted.ts"

export interface Prolonging {
  /** Null: until someone ends it. */
  readonly durationMs: Millis | null
  readonly now: Millis
}

/** Undefined when it would hardly last longer: an attack that goes on must not mean a change in every target with every alert. */
export function prolonged<C extends Countermeasure>(
  known: C,
  { severity, incident }: Pick<Cause, "severity" | "incident">,
  { durationMs, now }: Prolonging,
): C | undefined {
  const until = durationMs === null ? null : now + durationMs
  const granularity = Math.max(1000, (durationMs ?? 0) / 60)
  const gains = isLater(until, known.expiresAt === null ? null : known.expiresAt + granularity)
  const graver = compareSeverity(severity, known.severity) > 0
  const { reason } = known
  const adopts = incident !== null && !isByPerson(reason) && reason.incident === null
  if (!gains && !graver && !adopts) return undefined
  return {
    ...known,
    expiresAt: gains ? until : known.expiresAt,
    severity: graver ? severity : known.severity,
    reason: adopts ? { ...reason, incident: incident.id } : reason,
  }
}
