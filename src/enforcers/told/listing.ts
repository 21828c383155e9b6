import { type Direction, parseCidr } from "../../core/index.ts"
import { keyOf } from "../enforcer.ts"

/** Texts such as `203.0.113.7`, `2001:db8::/32` or `outbound 203.0.113.7` as keys; what is something else is somebody else's. */
export function keysOf(texts: readonly string[], directions: readonly Direction[]): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const text of texts) {
    const [, direction, address = ""] = /^\s*(?:(inbound|outbound)\s+)?(\S{1,60})\s*$/.exec(text) ?? []
    const target = parseCidr(address)
    if (target === undefined) continue
    const meant = directions.filter((one) => direction === undefined || one === direction)
    for (const one of meant) keys.add(keyOf({ target, direction: one }))
  }
  return keys
}
