type Value = string | number | { readonly [key: string]: Value }

/** One network of a database: the bits of its prefix, and its record. */
export interface Network {
  /** Its first bytes: of IPv4 for a database of version 4, of IPv6 for one of version 6. */
  readonly bytes: readonly number[]
  readonly length: number
  readonly record: Value
}

type Node = { zero: Node | Value | undefined; one: Node | Value | undefined; readonly isNode: true }

/** Writes a database in MaxMind's format (MaxMind DB file format 2.0) with records of 24 bits; for tests. */
export function writeMmdb(databaseType: string, ipVersion: 4 | 6, networks: readonly Network[]): Buffer {
  const root = node()
  for (const network of networks) put(root, network)
  const nodes: Node[] = []
  const number = new Map<Node, number>()
  const visit = (one: Node) => {
    number.set(one, nodes.length)
    nodes.push(one)
    for (const next of [one.zero, one.one]) if (isNode(next)) visit(next)
  }
  visit(root)
  const data: Buffer[] = []
  let size = 0
  const pointer = (next: Node["zero"]): number => {
    if (next === undefined) return nodes.length
    if (isNode(next)) return number.get(next) ?? 0
    const at = nodes.length + 16 + size
    const bytes = encode(next)
    data.push(bytes)
    size += bytes.length
    return at
  }
  const tree = Buffer.alloc(nodes.length * 6)
  for (const [index, { zero, one }] of nodes.entries()) {
    tree.writeUIntBE(pointer(zero), index * 6, 3)
    tree.writeUIntBE(pointer(one), index * 6 + 3, 3)
  }
  const metadata = {
    ...{ node_count: nodes.length, record_size: 24, ip_version: ipVersion, database_type: databaseType },
    ...{ binary_format_major_version: 2, binary_format_minor_version: 0, build_epoch: 1_700_000_000 },
  }
  const marker = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1")
  return Buffer.concat([tree, Buffer.alloc(16), ...data, marker, encode(metadata)])
}

const node = (): Node => ({ zero: undefined, one: undefined, isNode: true })
const isNode = (of: Node["zero"]): of is Node => typeof of === "object" && "isNode" in of

function put(root: Node, { bytes, length, record }: Network): void {
  let at = root
  for (let bit = 0; bit < length; bit++) {
    const side = ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1 ? "one" : "zero"
    if (bit === length - 1) {
      at[side] = record
      return
    }
    const next = at[side]
    const step = isNode(next) ? next : node()
    at[side] = step
    at = step
  }
}

/** Types: 2 is a text, 6 an unsigned number of 32 bits, 7 a map. None here is of 29 bytes or more. */
function encode(value: Value): Buffer {
  if (typeof value === "string") {
    const bytes = Buffer.from(value)
    return Buffer.concat([Buffer.from([(2 << 5) | bytes.length]), bytes])
  }
  if (typeof value === "number") {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([Buffer.from([(6 << 5) | 4]), bytes])
  }
  const entries = Object.entries(value)
  return Buffer.concat([
    Buffer.from([(7 << 5) | entries.length]),
    ...entries.flatMap(([key, one]) => [encode(key), encode(one)]),
  ])
}
