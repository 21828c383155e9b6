import type { Millis } from "../../../core/index.ts"
import { classifications, unclassified } from "../classification.ts"
import type { Behaviour } from "./behaviour.ts"

const message = "One client asked for many pages that are not there"
const windowMs = 10_000
const threshold = 10
// Clients looked at together; the one that was quiet for longest is forgotten beyond.
const maxSources = 50_000

interface Count {
  readonly since: Millis
  readonly paths: Set<string>
  told: boolean
}

/** Many different paths of one client refused with 404, 403 or 400 within ten seconds; told once a window. */
export function createPathScan(): Behaviour {
  const counts = new Map<string, Count>()
  return {
    id: "thwart/path-scan",
    summary: { message, file: "built in", line: 1, tags: ["attack-reputation-crawler"] },
    classification: { ...(classifications.get("attack-reputation-crawler") ?? unclassified), title: "Path scan" },
    look: (observation) => {
      if (
        observation.kind !== "http" ||
        observation.response === null ||
        ![400, 403, 404].includes(observation.response.status)
      )
        return undefined
      const key = observation.source.address
      const known = counts.get(key)
      const count =
        known !== undefined && Math.abs(observation.at - known.since) <= windowMs
          ? known
          : { since: observation.at, paths: new Set<string>(), told: false }
      counts.delete(key)
      counts.set(key, count)
      if (counts.size > maxSources) counts.delete(counts.keys().next().value ?? key)
      if (count.paths.size < threshold) count.paths.add(observation.request.target.slice(0, 200))
      if (count.told || count.paths.size < threshold) return undefined
      count.told = true
      const value = [...count.paths].join(" ").slice(0, 1024)
      return {
        message,
        severity: "medium",
        score: threshold,
        threshold,
        matches: [{ variable: "REQUEST_URI", value, offset: 0, length: value.length }],
      }
    },
  }
}
