import { type Cidr, familyOf, lengthOf, prefix } from "../core/index.ts"

/** Addresses as few prefixes as possible: neighbours are one, and nothing is inside anything else. */
export interface Ranges {
  /** How many prefixes they are. */
  readonly size: number
  add(cidr: Cidr): void
  /** How many prefixes they would be with this one. */
  sizeWith(cidr: Cidr): number
  covers(cidr: Cidr): boolean
  /** True when at least one address is in both. */
  touches(cidr: Cidr): boolean
  cidrs(): readonly Cidr[]
}

interface Range {
  readonly from: bigint
  /** Included. */
  readonly to: bigint
}

export type Family = 4 | 6

export function rangesOf(family: Family, cidrs: Iterable<Cidr>): Ranges {
  const bits = family === 4 ? 32 : 128
  const ranges = joined([...cidrs].map(rangeOf))
  let size = ranges.reduce((sum, range) => sum + countIn(range, bits), 0)

  /** The ranges that overlap or adjoin this one: from the first up to, and without, the last index. */
  const neighbours = ({ from, to }: Range): readonly [first: number, last: number] => {
    const first = indexWhere(ranges, (range) => range.to + 1n >= from)
    return [first, indexWhere(ranges, (range) => range.from > to + 1n, first)]
  }
  const joinedWith = (range: Range) => {
    const [first, last] = neighbours(range)
    const near = ranges.slice(first, last)
    const from = near[0] !== undefined && near[0].from < range.from ? near[0].from : range.from
    const end = near.at(-1)
    const to = end !== undefined && end.to > range.to ? end.to : range.to
    const gain = countIn({ from, to }, bits) - near.reduce((sum, one) => sum + countIn(one, bits), 0)
    return { first, count: last - first, range: { from, to }, gain }
  }
  const at = (address: bigint) => ranges[indexWhere(ranges, ({ to }) => to >= address)]

  return {
    get size() {
      return size
    },
    add: (cidr) => {
      const { first, count, range, gain } = joinedWith(rangeOf(cidr))
      ranges.splice(first, count, range)
      size += gain
    },
    sizeWith: (cidr) => size + joinedWith(rangeOf(cidr)).gain,
    covers: (cidr) => {
      const { from, to } = rangeOf(cidr)
      const range = at(from)
      return range !== undefined && range.from <= from && range.to >= to
    },
    touches: (cidr) => {
      const { from, to } = rangeOf(cidr)
      const range = at(from)
      return range !== undefined && range.from <= to
    },
    cidrs: () => ranges.flatMap((range) => cidrsIn(range, bits)),
  }
}

/** The smallest index from which on it holds; it does not hold before. */
function indexWhere<T>(list: readonly T[], holds: (one: T) => boolean, start = 0): number {
  let [low, high] = [start, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const one = list[middle]
    if (one !== undefined && holds(one)) high = middle
    else low = middle + 1
  }
  return low
}

function joined(ranges: Range[]): Range[] {
  const result: Range[] = []
  for (const range of ranges.sort((one, other) => (one.from < other.from ? -1 : one.from > other.from ? 1 : 0))) {
    const last = result.at(-1)
    if (last === undefined || range.from > last.to + 1n) result.push(range)
    else if (range.to > last.to) result[result.length - 1] = { from: last.from, to: range.to }
  }
  return result
}

function rangeOf(cidr: Cidr): Range {
  const bits = familyOf(cidr) === 4 ? 32 : 128
  const from = numberOf(cidr.slice(0, cidr.indexOf("/")))
  return { from, to: from + (1n << BigInt(bits - lengthOf(cidr))) - 1n }
}

function numberOf(address: string): bigint {
  if (!address.includes(":")) return BigInt(address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0))
  const [head = "", tail] = address.split("::")
  const groups = (text: string) => (text === "" ? [] : text.split(":"))
  const [front, back] = [groups(head), groups(tail ?? "")]
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length
  return BigInt(
    `0x${[...front, ...Array.from({ length: zeros }, () => "0"), ...back].map((group) => group.padStart(4, "0")).join("")}`,
  )
}

function countIn(range: Range, bits: number): number {
  let count = 0
  for (const _ of blocksIn(range, bits)) count++
  return count
}

function cidrsIn(range: Range, bits: number): readonly Cidr[] {
  return [...blocksIn(range, bits)].map(([from, length]) => prefix(`${textOf(from, bits)}/${length}`))
}

/** The range cut into prefixes, each as wide as its place and the rest allow; never all there is, which AWS WAF does not take. */
function* blocksIn({ from, to }: Range, bits: number): Generator<readonly [from: bigint, length: number]> {
  let at = from
  while (at <= to) {
    let length = bits
    let width = 1n
    while (length > 1 && (at & (2n * width - 1n)) === 0n && at + 2n * width - 1n <= to) {
      width *= 2n
      length -= 1
    }
    yield [at, length]
    at += width
  }
}

function textOf(address: bigint, bits: number): string {
  const hex = address.toString(16).padStart(bits / 4, "0")
  if (bits === 128) return (hex.match(/.{4}/g) ?? []).join(":")
  return (hex.match(/.{2}/g) ?? []).map((byte) => Number.parseInt(byte, 16)).join(".")
}
