import ipaddr from "ipaddr.js"
import { parseCidr } from "../core/index.ts"
import type { ScalarTest } from "./operators/operator.ts"

interface Range {
  readonly bytes: readonly number[]
  readonly length: number
}

// A record is held against many ranges, and many records have the same few addresses.
const remembered = 256
// No address or range is longer as text.
const longest = 64

/** True for a value (an address or a range) that lies wholly inside one of these ranges; IPv4-mapped IPv6 is IPv4. */
export function addressTest(ranges: readonly string[]): ScalarTest {
  const wanted = ranges.flatMap((range) => rangeOf(range) ?? [])
  const known = new Map<string, boolean>()
  return (value) => {
    if (typeof value !== "string" || value.length > longest) return false
    const before = known.get(value)
    if (before !== undefined) return before
    const seen = rangeOf(value)
    const inside = seen !== undefined && wanted.some((range) => covers(range, seen))
    if (known.size >= remembered) known.clear()
    known.set(value, inside)
    return inside
  }
}

function rangeOf(text: string): Range | undefined {
  const canonical = parseCidr(text)
  if (canonical === undefined) return undefined
  const [base, length] = ipaddr.parseCIDR(canonical)
  return { bytes: base.toByteArray(), length }
}

function covers(outer: Range, inner: Range): boolean {
  if (outer.bytes.length !== inner.bytes.length || outer.length > inner.length) return false
  const whole = outer.length >> 3
  for (let index = 0; index < whole; index++) if (outer.bytes[index] !== inner.bytes[index]) return false
  const mask = (0xff00 >> (outer.length & 7)) & 0xff
  return ((outer.bytes[whole] ?? 0) & mask) === ((inner.bytes[whole] ?? 0) & mask)
}
