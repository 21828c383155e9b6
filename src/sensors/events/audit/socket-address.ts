import { type IpAddress, parseAddress } from "../../../core/index.ts"

export type SocketAddress =
  | { readonly family: "ipv4" | "ipv6"; readonly address: IpAddress; readonly port: number }
  | { readonly family: "unix"; readonly path: string }
  | { readonly family: "netlink" }

const unix = 1
const inet = 2
const inet6 = 10
const netlink = 16

/** Reads the `saddr` of a SOCKADDR record: the bytes of a `struct sockaddr` as hexadecimal digits (bind(2), ip(7), ipv6(7), unix(7)). */
export function readSocketAddress(hex: string): SocketAddress | undefined {
  if (!/^(?:[0-9A-Fa-f]{2}){2,256}$/.test(hex)) return undefined
  const bytes = Buffer.from(hex, "hex")
  const little = bytes.readUInt16LE(0)
  // In the byte order of the machine: a family is a small number, read the wrong way it is not.
  switch (little < 256 ? little : bytes.readUInt16BE(0)) {
    case unix:
      return { family: "unix", path: unixPath(bytes.subarray(2)) }
    case inet:
      return bytes.length < 8 ? undefined : ip("ipv4", [...bytes.subarray(4, 8)].join("."), bytes)
    case inet6:
      return bytes.length < 24 ? undefined : ip("ipv6", groupsOf(bytes.subarray(8, 24)), bytes)
    case netlink:
      return { family: "netlink" }
    default:
      return undefined
  }
}

function ip(family: "ipv4" | "ipv6", text: string, bytes: Buffer): SocketAddress | undefined {
  const address = parseAddress(text)
  return address === undefined ? undefined : { family, address, port: bytes.readUInt16BE(2) }
}

function groupsOf(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, group) => bytes.readUInt16BE(2 * group).toString(16)).join(":")
}

/** To its first zero; an abstract name begins with one, and is written with `@` as ss(8) does. */
function unixPath(bytes: Buffer): string {
  const abstract = bytes[0] === 0
  const name = abstract ? bytes.subarray(1) : bytes
  const end = name.indexOf(0)
  const text = (end < 0 ? name : name.subarray(0, end)).toString("utf8")
  return abstract && text !== "" ? `@${text}` : text
}
