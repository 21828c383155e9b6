import { readFileSync } from "node:fs"
import ipaddr from "ipaddr.js"
import { Reader, type Response } from "mmdb-lib"
import { type Cidr, familyOf, lengthOf, messageOf, ThwartError } from "../core/index.ts"
import type { AsnsOf } from "../response/index.ts"

// A person may block a /16 of IPv4; each address of it is a network of its own at worst.
const maxSteps = 65_536

/** Opens a database of autonomous systems (MaxMind's format, such as GeoLite2-ASN.mmdb); throws THWART_CONFIG_INVALID. */
export function openAsnDatabase(path: string): AsnsOf {
  const reader = open(path)
  const isIpv6 = reader.metadata.ipVersion === 6
  return (target) => {
    const found = new Set<number>()
    // A database of IPv4 alone knows nothing of IPv6.
    if (familyOf(target) === 6 && !isIpv6) return found
    const { first, last, bits } = boundsOf(target)
    let at = first
    for (let step = 0; at <= last; step++) {
      if (step >= maxSteps)
        throw new ThwartError(
          "THWART_USAGE",
          `${target} holds too many networks to tell whose they are; block narrower ones`,
        )
      const [record, length] = reader.getWithPrefixLength(textOf(at, bits))
      const asn = asnIn(record)
      if (asn !== undefined) found.add(asn)
      // In a database of both families an IPv4 network may be told with its length in the IPv6 tree.
      const own = bits === 32 && length > 32 ? length - 96 : length
      const size = 1n << BigInt(bits - Math.max(0, Math.min(bits, own)))
      at = (at / size) * size + size
    }
    return found
  }
}

function open(path: string): Reader<Response> {
  try {
    const reader = new Reader<Response>(readFileSync(path))
    // A table of countries or cities reads as well, and has no number of any system.
    if (!/asn|isp|ipinfo/i.test(reader.metadata.databaseType))
      throw new Error(`it is a database of type "${reader.metadata.databaseType}", not of autonomous systems`)
    return reader
  } catch (cause) {
    throw new ThwartError(
      "THWART_CONFIG_INVALID",
      `asnDatabase: ${path} can't be used (${messageOf(cause)}); give an .mmdb file of autonomous systems, such as GeoLite2-ASN.mmdb`,
      { cause },
    )
  }
}

/** GeoLite2 and DB-IP have a number, IPinfo has `AS64500`. */
function asnIn(record: unknown): number | undefined {
  if (typeof record !== "object" || record === null) return undefined
  const said =
    "autonomous_system_number" in record ? record.autonomous_system_number : "asn" in record ? record.asn : ""
  const [, digits] = /^(?:AS)?(\d{1,10})$/.exec(String(said)) ?? []
  return digits === undefined ? undefined : Number(digits)
}

function boundsOf(target: Cidr): { readonly first: bigint; readonly last: bigint; readonly bits: number } {
  const bytes = ipaddr.parseCIDR(target)[0].toByteArray()
  const bits = bytes.length * 8
  const first = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  return { first, last: first + (1n << BigInt(bits - lengthOf(target))) - 1n, bits }
}

function textOf(value: bigint, bits: number): string {
  const bytes = Array.from({ length: bits / 8 }, (_, index) => Number((value >> BigInt(bits - 8 * (index + 1))) & 255n))
  return ipaddr.fromByteArray(bytes).toString()
}
