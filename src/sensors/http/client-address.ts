import { type Cidr, covers, type IpAddress, parseAddress } from "../../core/index.ts"

export interface ProxyOptions {
  /** Peers whose forwarded header is believed; the others' is ignored, since anybody can write one. */
  readonly trustedProxies: readonly Cidr[]
  /** Lower case. */
  readonly clientAddressHeader: string
}

// A longer chain than this is not a chain of proxies.
const maxHops = 32

/** The rightmost address that no trusted proxy vouches for; a header that is malformed there leaves the one that sent it. */
export function clientAddressOf(
  peer: string,
  header: string | undefined,
  { trustedProxies }: ProxyOptions,
): IpAddress | undefined {
  const isTrusted = (address: IpAddress) => trustedProxies.some((proxy) => covers(proxy, address))
  let client = parseAddress(peer)
  if (client === undefined || header === undefined) return client
  for (const hop of header.split(",").slice(-maxHops).reverse()) {
    if (!isTrusted(client)) return client
    const address = parseAddress(withoutPort(hop.trim()))
    if (address === undefined) return client
    client = address
  }
  return client
}

/** Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop
}
