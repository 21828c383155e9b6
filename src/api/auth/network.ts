import { lengthOf, parseCidr } from "../../core/index.ts"

/** Whom limits count as one: an IPv4 address, or the /64 that one subscriber of IPv6 has for the asking. */
export function networkOf(address: string): string {
  const parsed = parseCidr(address)
  if (parsed === undefined) return "unknown"
  return lengthOf(parsed) === 128 ? (parseCidr(`${address}/64`) ?? parsed) : parsed
}
