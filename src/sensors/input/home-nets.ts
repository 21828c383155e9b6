import { type Cidr, covers, type Direction, type Endpoint, prefix } from "../../core/index.ts"

/** RFC 1918, RFC 4193, loopback and link-local. */
export const defaultHomeNets: readonly Cidr[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "fc00::/7",
  "::1/128",
  "fe80::/10",
].map(prefix)

// A server meets the same addresses again and again; a scan meets each once.
const mostRemembered = 4096

/** Tells whether a connection came in or went out, as seen from the networks that are at home. */
export function createDirections(homeNets: readonly Cidr[]): (client: Endpoint, server: Endpoint) => Direction {
  const known = new Map<string, boolean>()
  const isHome = ({ address }: Endpoint) => {
    const before = known.get(address)
    if (before !== undefined) return before
    if (known.size >= mostRemembered) known.clear()
    const home = homeNets.some((net) => covers(net, address))
    known.set(address, home)
    return home
  }
  return (client, server) => (isHome(client) && !isHome(server) ? "outbound" : "inbound")
}
