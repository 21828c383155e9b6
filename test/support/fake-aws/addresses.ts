import { covers, familyOf, parseAddress, parseCidr, prefix } from "../../../src/core/index.ts"
import { invalidParameter } from "./errors.ts"

const notValid = "The parameter contains formatting that is not valid."

/** The set's addresses as the server keeps them; throws for the first that it does not take. */
export function checkedAddresses(addresses: unknown, version: unknown): readonly string[] {
  if (!Array.isArray(addresses)) throw invalidParameter("IP_ADDRESS", String(addresses), notValid)
  return [...new Set(addresses.map((one) => checked(one, version)))]
}

function checked(one: unknown, version: unknown): string {
  const [host = "", length] = typeof one === "string" ? one.split("/") : []
  const [parsed, base] = [parseCidr(String(one)), parseAddress(host)]
  const isSound = parsed !== undefined && base !== undefined && length !== undefined
  // Bits behind the length, the other family and /0 are refused.
  if (!isSound || !parsed.startsWith(`${base}/`) || length === "0" || familyOf(parsed) !== (version === "IPV6" ? 6 : 4))
    throw invalidParameter("IP_ADDRESS", String(one), notValid)
  return familyOf(parsed) === 4 ? parsed : `${writtenOut(base)}/${length}`
}

/** IPv6 with every group and digit, as the real server tells it. */
function writtenOut(address: string): string {
  const [head = "", tail] = address.split("::")
  const groups = (text: string) => (text === "" ? [] : text.split(":"))
  const [front, back] = [groups(head), groups(tail ?? "")]
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length
  return [...front, ...Array.from({ length: zeros }, () => "0"), ...back]
    .map((group) => group.padStart(4, "0"))
    .join(":")
}

export function holdsAddress(addresses: readonly string[], address: string): boolean {
  return addresses.some((one) => covers(prefix(one), prefix(address)))
}
