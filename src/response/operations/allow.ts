import { type AllowlistEntry, allowlistSubjectOf, ThwartError } from "../../core/index.ts"
import { free, maxEntries } from "../allowlist/index.ts"
import { auditOf, type Parts } from "../parts.ts"
import type { Actor, Allowed, Responder } from "../services.ts"

/** Adds to the allowlist, and ends what is in force against it in the same moment. */
export function createAllow(parts: Parts): (entry: AllowlistEntry, actor: Actor) => Promise<Allowed> {
  const { deps, circumstances, commit } = parts
  return async (entry, actor) => {
    const known = await deps.store.allowlist()
    if (known.length >= maxEntries)
      throw new ThwartError(
        "THWART_USAGE",
        `${allowlistSubjectOf(entry)} is not added: the allowlist has ${known.length} entries, and ${maxEntries} is the limit; write wider prefixes, or remove what has ended`,
      )
    const freed = await free(parts, [entry], actor.who)
    const after = { ...entry, freed: freed.ids }
    await commit({
      ...freed.changes,
      allowlist: [entry],
      audit: [auditOf(deps, actor, { action: "allow", subject: `allowlist:${entry.id}`, before: null, after })],
    })
    circumstances.outdated()
    return { ...entry, freed: freed.countermeasures }
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
