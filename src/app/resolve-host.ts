import { Resolver } from "node:dns/promises"
import { ThwartError } from "../core/index.ts"
import type { ResolveHost } from "../response/index.ts"

// A name that stands for more is no friend's host; each address is looked at in every decision.
const maxAddresses = 256
// Two tries of two seconds: an answer that takes longer comes at the next refresh.
const resolverOptions = { timeout: 2000, tries: 2 }

interface Found {
  readonly address: string
  readonly ttl: number
}

/** Asks the resolvers of this machine, or those given, for a name's A and AAAA records and how long they hold. */
export function createResolveHost(servers?: readonly string[]): ResolveHost {
  const resolver = new Resolver(resolverOptions)
  if (servers !== undefined) resolver.setServers(servers)
  return async (name) => {
    const answers = await Promise.allSettled<readonly Found[]>([
      resolver.resolve4(name, { ttl: true }),
      resolver.resolve6(name, { ttl: true }),
    ])
    // A family that the name does not have is no failure; one that could not be asked is, or its addresses would go unprotected.
    for (const answer of answers)
      if (answer.status === "rejected" && !isNothing(answer.reason)) throw failed(name, answer.reason)
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []))
    if (found.length === 0) throw failed(name, undefined)
    if (found.length > maxAddresses)
      throw new ThwartError(
        "THWART_USAGE",
        `"${name}" has ${found.length} addresses, and ${maxAddresses} is the limit; give prefixes`,
      )
    return {
      addresses: found.map(({ address }) => address),
      ttlMs: Math.min(...found.map(({ ttl }) => ttl)) * 1000,
    }
  }
}

function isNothing(reason: unknown): boolean {
  return codeOf(reason) === "ENODATA"
}

function failed(name: string, reason: unknown): Error {
  const code = codeOf(reason)
  const why =
    code === "ENOTFOUND"
      ? "there is no such name"
      : code === undefined
        ? "the name has no address"
        : `no resolver answered: ${code}`
  return new Error(why, { cause: reason === undefined ? undefined : new Error(`DNS, ${name}: ${String(code)}`) })
}

function codeOf(reason: unknown): string | undefined {
  return typeof reason === "object" && reason !== null && "code" in reason ? String(reason.code) : undefined
}
