import ipaddr from "ipaddr.js"
import { z } from "zod"
import { ThwartError } from "./errors.ts"

/** A canonical textual address: IPv4 dotted quad, or IPv6 after RFC 5952; an IPv4-mapped IPv6 address is its IPv4 address. */
export const ipAddress = z.codec(z.string().max(64), z.string().brand<"IpAddress">(), {
  decode: (text, context) => parseAddress(text) ?? fail(context, text, "an IP address"),
  encode: (value) => value,
})
/** A canonical prefix, host bits zero, always with its length: `203.0.113.66/32`, `2001:db8::/48`. */
export const cidr = z.codec(z.string().max(64), z.string().brand<"Cidr">(), {
  decode: (text, context) => parseCidr(text) ?? fail(context, text, "an address or a prefix"),
  encode: (value) => value,
})

export type IpAddress = string & z.core.$brand<"IpAddress">
export type Cidr = string & z.core.$brand<"Cidr">

function fail(context: z.core.ParsePayload<string>, text: string, what: string): never {
  context.issues.push({ code: "custom", message: `"${text}" is not ${what}`, input: text })
  return z.NEVER
}

/** True for the unspecified address, which stands where there is no other side, or nobody tells it. */
export const isUnspecified = (of: IpAddress): boolean => of === "0.0.0.0" || of === "::"

const canonicalIpv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/

/** The canonical address, or undefined for anything else: zone ids, octal, short forms (`127.1`) and ports are not accepted. */
export function parseAddress(text: string): IpAddress | undefined {
  // The cast holds: such a text is canonical already. Logs have one a line.
  if (canonicalIpv4.test(text)) return text as IpAddress
  const parsed = parse(text)
  return parsed === undefined ? undefined : canonical(parsed)
}

/** As `parseAddress`, but throws THWART_ADDRESS_INVALID. */
export function address(text: string): IpAddress {
  const parsed = parseAddress(text)
  if (parsed === undefined) throw new ThwartError("THWART_ADDRESS_INVALID", `"${text}" is not an IP address`)
  return parsed
}

/** The canonical prefix of an address (`/32`, `/128`) or of a prefix (host bits are cut); undefined for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/")
  if (slash < 0) {
    const parsed = parse(text)
    return parsed === undefined ? undefined : prefixOf(parsed, parsed.kind() === "ipv4" ? 32 : 128)
  }
  const host = text.slice(0, slash)
  const raw = validHost(host) ? ipaddr.parse(host) : undefined
  const digits = text.slice(slash + 1)
  if (raw === undefined || !/^(0|[1-9]\d{0,2})$/.test(digits)) return undefined
  const mapped = raw instanceof ipaddr.IPv6 && raw.isIPv4MappedAddress()
  const parsed = mapped ? raw.toIPv4Address() : raw
  const length = mapped ? Number(digits) - 96 : Number(digits)
  if (length < 0 || length > (parsed.kind() === "ipv4" ? 32 : 128)) return undefined
  return prefixOf(parsed, length)
}

/** As `parseCidr`, but throws THWART_ADDRESS_INVALID. */
export function prefix(text: string): Cidr {
  const parsed = parseCidr(text)
  if (parsed === undefined)
    throw new ThwartError(
      "THWART_ADDRESS_INVALID",
      `"${text}" is not an address or a prefix (such as 203.0.113.7 or 2001:db8::/48)`,
    )
  return parsed
}

export function familyOf(of: IpAddress | Cidr): 4 | 6 {
  return of.includes(":") ? 6 : 4
}

export function lengthOf(of: Cidr): number {
  return Number(of.slice(of.indexOf("/") + 1))
}

/** True when `inner` (an address or a prefix) lies wholly inside `outer`. */
export function covers(outer: Cidr, inner: IpAddress | Cidr): boolean {
  const innerCidr = inner.includes("/") ? (inner as Cidr) : prefix(inner)
  if (familyOf(outer) !== familyOf(innerCidr) || lengthOf(outer) > lengthOf(innerCidr)) return false
  const [base, length] = ipaddr.parseCIDR(outer)
  return ipaddr.parseCIDR(innerCidr)[0].match(base, length)
}

/** True when the two share at least one address. */
export function overlaps(one: Cidr, other: IpAddress | Cidr): boolean {
  const otherCidr = other.includes("/") ? (other as Cidr) : prefix(other)
  return covers(one, otherCidr) || covers(otherCidr, one)
}

type Parsed = ipaddr.IPv4 | ipaddr.IPv6

function validHost(text: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(":") && !text.includes("%") && ipaddr.IPv6.isValid(text))
  )
}

function parse(text: string): Parsed | undefined {
  return validHost(text) ? ipaddr.process(text) : undefined
}

// The casts in the two functions below are what makes the brands: nothing else may.
function canonical(parsed: Parsed): IpAddress {
  return (parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString()) as IpAddress
}

function prefixOf(parsed: Parsed, length: number): Cidr {
  const bytes = parsed
    .toByteArray()
    .map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, length - 8 * index))) & 0xff)
  return `${canonical(ipaddr.fromByteArray(bytes))}/${length}` as Cidr
}
