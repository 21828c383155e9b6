import type { FastifyRequest } from "fastify"
import { lengthOf, parseAddress, parseCidr } from "../../core/index.ts"

/** Where a request comes from, in its canonical form; "unknown" when the connection is gone already. */
export function addressOf({ ip }: Pick<FastifyRequest, "ip">): string {
  // Whatever the type says, a socket that is gone has no address; one of a link has a zone behind it.
  const [bare = ""] = (ip ?? "").split("%")
  return parseAddress(bare) ?? "unknown"
}

/** Whom limits count as one: an IPv4 address, or the /64 that one subscriber of IPv6 has for the asking. */
export function networkOf(address: string): string {
  const parsed = parseCidr(address)
  if (parsed === undefined) return "unknown"
  return lengthOf(parsed) === 128 ? (parseCidr(`${address}/64`) ?? parsed) : parsed
}
