import ipaddr from "ipaddr.js"
import { type Cidr, type IpAddress, parseAddress, prefix } from "./address.ts"

/** Two addresses of one family, the first no later than the second. */
export interface AddressRange {
  readonly from: IpAddress
  readonly to: IpAddress
}

/** `192.0.2.10-192.0.2.20`; undefined for anything else, also for one that ends before it begins. */
export function parseRange(text: string): AddressRange | undefined {
  const [first = "", second = "", ...more] = text.split("-").map((part) => part.trim())
  const [from, to] = [parseAddress(first), parseAddress(second)]
  if (from === undefined || to === undefined || more.length > 0) return undefined
  const [start, end] = [numberOf(from), numberOf(to)]
  return start.bits === end.bits && start.value <= end.value ? { from, to } : undefined
}

/** The fewest prefixes that hold this range and nothing else: at most 62 of IPv4, 254 of IPv6. */
export function prefixesOfRange({ from, to }: AddressRange): readonly Cidr[] {
  const { value: start, bits } = numberOf(from)
  const { value: end } = numberOf(to)
  const found: Cidr[] = []
  for (let at = start; at <= end; ) {
    let host = 0
    while (host < bits && at % (1n << BigInt(host + 1)) === 0n && at + (1n << BigInt(host + 1)) - 1n <= end) host++
    found.push(prefix(`${textOf(at, bits)}/${bits - host}`))
    at += 1n << BigInt(host)
  }
  return found
}

function numberOf(of: IpAddress): { readonly value: bigint; readonly bits: number } {
  const bytes = ipaddr.parse(of).toByteArray()
  return { value: bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n), bits: bytes.length * 8 }
}

function textOf(value: bigint, bits: number): string {
  const bytes = Array.from({ length: bits / 8 }, (_, index) => Number((value >> BigInt(bits - 8 * (index + 1))) & 255n))
  return ipaddr.fromByteArray(bytes).toString()
}
