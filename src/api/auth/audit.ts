import type { AuditEntry, Clock, Ids } from "../../core/index.ts"
import type { Actor } from "./principal.ts"

/** Writes down who changed what, with what stood there before and after; never a secret or its hash. */
export type Audit = (by: Actor, action: string, subject: string, before?: unknown, after?: unknown) => AuditEntry

export function createAudit({ clock, ids }: { readonly clock: Clock; readonly ids: Ids }): Audit {
  return ({ who, from }, action, subject, before = null, after = null) => ({
    id: ids.other("aud"),
    at: clock.now(),
    who,
    from,
    action,
    subject,
    before,
    after,
  })
}
