import { type Cidr, parseCidr } from "../../core/index.ts"
import type { Refused } from "../enforcer.ts"

/** What each element of a set with limits refused, from its listing as text: nft 1.0.6 leaves these counters out of its JSON. */
export function countersIn(listing: string): ReadonlyMap<Cidr, Refused> {
  const found = new Map<Cidr, Refused>()
  for (const [, target = "", packets, bytes] of listing.matchAll(
    /([0-9a-f.:]+(?:\/\d+)?) limit rate over [^,}]*? counter packets (\d+) bytes (\d+)/g,
  )) {
    const parsed = parseCidr(target)
    if (parsed !== undefined) found.set(parsed, { packets: Number(packets), bytes: Number(bytes) })
  }
  return found
}
