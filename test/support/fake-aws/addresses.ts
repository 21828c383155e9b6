import { covers, familyOf, parseCidr, prefix } from "../../../src/core/index.ts"
import { invalidParameter } from "./errors.ts"

const notValid = "The parameter contains formatting that is not valid."

/** The set's addresses as the server keeps them; throws for the first that it does not take. */
export function checkedAddresses(addresses: unknown, version: unknown): readonly string[] {
  if (!Array.isArray(addresses)) throw invalidParameter("IP_ADDRESS", String(addresses), notValid)
  return [...new Set(addresses.map((one) => checked(one, version)))]
}

function checked(one: unknown, version: unknown): string {
  const parsed = typeof one === "string" && one.includes("/") ? parseCidr(one) : undefined
  // Bits behind the length, the other family and /0 are refused.
  if (
    parsed === undefined ||
    parsed !== one ||
    parsed.endsWith("/0") ||
    familyOf(parsed) !== (version === "IPV6" ? 6 : 4)
  )
    throw invalidParameter("IP_ADDRESS", String(one), notValid)
  return parsed
}

export function holdsAddress(addresses: readonly string[], address: string): boolean {
  return addresses.some((one) => covers(prefix(one), prefix(address)))
}
