import type { Latin1, Millis } from "../../../core/index.ts"
import { classificationFor } from "../classification.ts"
import type { Behaviour } from "./behaviour.ts"

export interface PathScanOptions {
  /** Different paths that were refused to one client. */
  readonly paths: number
  readonly windowMs: Millis
  /** Clients that are counted at once; the one that was quiet for longest is forgotten beyond. Attackers choose addresses. */
  readonly maxSources: number
}

export const defaultPathScanOptions: PathScanOptions = { paths: 10, windowMs: 10_000, maxSources: 20_000 }

const message = "One client asked for many pages that it was refused"
const refusals = new Set([400, 403, 404])

interface Count {
  /** Hash of a path → when it was last refused; at most as many as the threshold. */
  readonly seen: Map<number, Millis>
  quietUntil: Millis
}

/** Many different paths refused to one client with 404, 403 or 400 within the window; told once a window. */
export function createPathScan(options: PathScanOptions = defaultPathScanOptions): Behaviour {
  const counts = new Map<string, Count>()
  const countOf = (source: string): Count => {
    const count = counts.get(source) ?? { seen: new Map<number, Millis>(), quietUntil: Number.NEGATIVE_INFINITY }
    counts.delete(source)
    counts.set(source, count)
    const [oldest] = counts.keys()
    if (counts.size > options.maxSources && oldest !== undefined) counts.delete(oldest)
    return count
  }
  return {
    id: "thwart/path-scan",
    summary: {
      message,
      file: "built in",
      line: 1,
      tags: ["attack-reputation-crawler"],
      direction: "inbound",
      severity: "medium",
    },
    classification: { ...classificationFor("attack-reputation-crawler"), title: "Path scan" },
    look: (observation) => {
      if (observation.kind !== "http" || observation.direction !== "inbound") return undefined
      const { response, source, at, request } = observation
      if (response === null || !refusals.has(response.status)) return undefined
      const count = countOf(source.address)
      for (const [path, seen] of count.seen) if (at - seen > options.windowMs) count.seen.delete(path)
      const path = hash(request.target.split("?", 1)[0] ?? "")
      if (count.seen.size < options.paths || count.seen.has(path)) count.seen.set(path, at)
      if (count.seen.size < options.paths || at < count.quietUntil) return undefined
      count.quietUntil = at + options.windowMs
      const value = request.target.slice(0, 200)
      return {
        message: `${message}: ${count.seen.size} within ${options.windowMs / 1000} s`,
        severity: "medium",
        score: count.seen.size,
        threshold: options.paths,
        matches: [{ variable: "REQUEST_URI", value, offset: 0, length: value.length }],
      }
    },
  }
}

/** FNV-1a: a number keeps no path in memory. */
function hash(text: Latin1): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value
}
