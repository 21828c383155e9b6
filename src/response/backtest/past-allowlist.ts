import { type AllowlistEntry, type AuditEntry, allowlistEntry, type Millis } from "../../core/index.ts"

/** The allowlist as it was at a time. */
export type PastAllowlist = (at: Millis) => readonly AllowlistEntry[]

interface Held {
  readonly entry: AllowlistEntry
  readonly until: Millis
}

/** From what is on it now, and from what the audit log says was taken off it. Asked in order of time, it looks once at each change. */
export function createPastAllowlist(
  present: readonly AllowlistEntry[],
  audit: readonly Pick<AuditEntry, "action" | "at" | "before">[],
): PastAllowlist {
  const removed = audit.flatMap(({ action, at, before }): readonly Held[] => {
    const parsed = action === "disallow" ? allowlistEntry.safeParse(before) : undefined
    return parsed?.success === true ? [{ entry: parsed.data, until: at }] : []
  })
  const all: readonly Held[] = [
    ...present.map((entry) => ({ entry, until: Number.POSITIVE_INFINITY })),
    ...removed,
  ].map(({ entry, until }) => ({ entry, until: Math.min(until, entry.expiresAt ?? Number.POSITIVE_INFINITY) }))
  const changes = [...new Set(all.flatMap(({ entry, until }) => [entry.createdAt, until]))].sort((a, b) => a - b)
  let span = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY }
  let held: readonly AllowlistEntry[] = []
  return (at) => {
    if (at >= span.from && at < span.to) return held
    span = {
      from: changes.findLast((change) => change <= at) ?? Number.NEGATIVE_INFINITY,
      to: changes.find((change) => change > at) ?? Number.POSITIVE_INFINITY,
    }
    held = all.filter(({ entry, until }) => entry.createdAt <= at && at < until).map(({ entry }) => entry)
    return held
  }
}
