import { type Cidr, parseCidr } from "../core/index.ts"

/** How the machine is read; given in, so that tests can describe another one. */
export interface MachineFacts {
  /** As `os.networkInterfaces()` gives them. */
  addresses(): readonly string[]
  /** The text of a file, or undefined when it can't be read. */
  read(path: string): string | undefined
}

export interface Protected {
  readonly prefix: Cidr
  readonly why: string
}

/** What this node needs in order to stay reachable: its own addresses, its gateways and its resolvers. */
export function surroundingsOf(machine: MachineFacts): readonly Protected[] {
  const found = (texts: readonly string[], why: string) =>
    texts.flatMap((text) => {
      // An interface's name behind a link-local address (RFC 4007) is no part of it.
      const parsed = parseCidr(text.replace(/%.*/s, ""))
      return parsed === undefined ? [] : [{ prefix: parsed, why }]
    })
  return [
    ...found(machine.addresses(), "an address of this node"),
    ...found(gateways4(machine.read("/proc/net/route") ?? ""), "a gateway of this node"),
    ...found(gateways6(machine.read("/proc/net/ipv6_route") ?? ""), "a gateway of this node"),
    ...found(
      [...(machine.read("/etc/resolv.conf") ?? "").matchAll(/^\s*nameserver\s+(\S+)/gm)].map(
        ([, address]) => address ?? "",
      ),
      "a resolver of this node",
    ),
  ]
}

/** The kernel writes IPv4 gateways as little-endian hexadecimal, on the machines that Node runs on (proc(5)). */
function gateways4(table: string): readonly string[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const gateway = line.split("\t")[2] ?? ""
      if (!/^[0-9A-F]{8}$/.test(gateway) || gateway === "00000000") return []
      return [
        (gateway.match(/../g) ?? [])
          .reverse()
          .map((byte) => Number.parseInt(byte, 16))
          .join("."),
      ]
    })
}

function gateways6(table: string): readonly string[] {
  return table.split("\n").flatMap((line) => {
    const gateway = line.split(/\s+/)[4] ?? ""
    if (!/^[0-9a-f]{32}$/.test(gateway) || /^0+$/.test(gateway)) return []
    return [(gateway.match(/.{4}/g) ?? []).join(":")]
  })
}
