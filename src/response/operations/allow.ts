import { type AllowlistEntry, holdsBack, overlaps, ThwartError } from "../../core/index.ts"
import { endedAs } from "../countermeasure.ts"
import { auditOf, type Parts } from "../parts.ts"
import { withdrawnFrom } from "../recommendations/withdraw.ts"
import type { Responder } from "../services.ts"

/** Adds to the allowlist, and ends what is in force against it in the same moment. */
export function createAllow(parts: Parts): Responder["allow"] {
  const { deps, wanted, statuses, circumstances, commit } = parts
  return async (wish, actor) => {
    const now = deps.clock.now()
    if (wish.expiresAt !== null && wish.expiresAt <= now)
      throw new ThwartError("THWART_USAGE", "the entry would have ended already; give an end in the future")
    const entry: AllowlistEntry = { ...wish, id: deps.ids.other("alw"), owner: actor.who, createdAt: now }
    const freed = wanted.active().filter((one) => holdsBack(one) && overlaps(entry.prefix, one.target))
    const after = { ...entry, freed: freed.map(({ id }) => id) }
    await commit({
      ...withdrawnFrom(parts, entry.prefix, actor.who),
      allowlist: [entry],
      countermeasures: freed.map((one) => endedAs(one, { reason: "allowlisted", by: actor.who, at: now })),
      incidents: await statuses.released(freed),
      audit: [auditOf(deps, actor, { action: "allow", subject: `allowlist:${entry.id}`, before: null, after })],
    })
    circumstances.outdated()
    return entry
  }
}

export function createDisallow({ deps, circumstances, commit }: Parts): Responder["disallow"] {
  return async (id, actor) => {
    const known = (await deps.store.allowlist()).find((entry) => entry.id === id)
    if (known === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no allowlist entry ${id}`)
    const change = { action: "disallow", subject: `allowlist:${id}`, before: known, after: null }
    await commit({ removedAllowlist: [id], audit: [auditOf(deps, actor, change)] })
    circumstances.outdated()
  }
}
