import {
  type AllowlistEntry,
  type AllowlistSubject,
  allowlistSubjectOf,
  canonicalHost,
  messageOf,
  parseRange,
  prefix,
  prefixesOfRange,
  ThwartError,
} from "../../core/index.ts"
import type { ResponderDeps } from "../services.ts"

/** What a person asks for. */
export interface AllowWish extends AllowlistSubject, Pick<AllowlistEntry, "comment" | "expiresAt" | "nodes"> {
  /** Undefined: who asks. */
  readonly owner?: string | undefined
}

// Each decision looks at all of them; more are better written as prefixes.
export const maxEntries = 10_000

/** What is to be on the allowlist, with what it stands for; throws THWART_USAGE when that can't be told here. */
export async function newEntry(
  wish: AllowWish,
  { clock, ids, resolveHost, asnsOf }: Pick<ResponderDeps, "clock" | "ids" | "resolveHost" | "asnsOf">,
  who: string,
): Promise<AllowlistEntry> {
  const now = clock.now()
  const refuse = (why: string, cause?: unknown): never => {
    throw new ThwartError("THWART_USAGE", why, { cause })
  }
  if (wish.expiresAt !== null && wish.expiresAt <= now)
    refuse("the entry would have ended already; give an end in the future")
  const named = [wish.prefix, wish.range, wish.host, wish.asn].filter((one) => one !== undefined)
  if (named.length !== 1) refuse("name one of an address or prefix, a range, a host name and an AS number")
  if (wish.asn !== undefined && asnsOf === undefined)
    refuse(
      `which addresses ${allowlistSubjectOf(wish)} has can't be told: no database of autonomous systems is configured; name one with asnDatabase (an .mmdb file, such as GeoLite2-ASN.mmdb)`,
    )
  const { owner = who, nodes = [], ...rest } = wish
  const entry = {
    ...rest,
    ...(nodes.length > 0 ? { nodes } : {}),
    ...{ id: ids.other("alw"), owner, createdAt: now },
  }
  const range = wish.range === undefined ? undefined : parseRange(wish.range)
  if (range !== undefined) return { ...entry, covers: prefixesOfRange(range) }
  if (wish.host === undefined) return entry
  if (resolveHost === undefined) return refuse(`the host name ${wish.host} can't be resolved here; give its addresses`)
  try {
    const host = canonicalHost(wish.host)
    const { addresses } = await resolveHost(host)
    return { ...entry, host, covers: addresses.map((one) => prefix(one)), resolvedAt: now, problem: null }
  } catch (cause) {
    return refuse(`the host name ${wish.host} can't be resolved (${messageOf(cause)}); nothing was added`)
  }
}
