import { createHash } from "node:crypto"
import type { Millis, Playbook, PlaybookId, PlaybookRun } from "../../core/index.ts"
import type { Occasion } from "./occasion.ts"
import { evidenceOf } from "./occasions.ts"

/** Runs that further evidence may belong to. */
export interface RecentRuns {
  of(playbook: PlaybookId, subject: string): PlaybookRun | undefined
  put(runs: readonly PlaybookRun[]): void
  waiting(): readonly PlaybookRun[]
}

// Some 50 MB when each names its 100 alerts, and 100 minutes of the most runs that may begin; who is forgotten may set the playbook
// off once more.
const maxRecent = 10_000

export function createRecentRuns(): RecentRuns {
  const bySubject = new Map<string, PlaybookRun>()
  const waiting = new Map<string, PlaybookRun>()
  return {
    of: (playbook, subject) => bySubject.get(keyOf(playbook, subject)),
    put: (runs) => {
      for (const run of runs) {
        const key = keyOf(run.playbook, run.subject)
        bySubject.delete(key)
        bySubject.set(key, run)
        if (run.state === "waiting") waiting.set(run.id, run)
        else waiting.delete(run.id)
        const oldest = bySubject.size > maxRecent ? bySubject.keys().next().value : undefined
        if (oldest !== undefined) bySubject.delete(oldest)
      }
    },
    waiting: () => [...waiting.values()],
  }
}

const keyOf = (playbook: PlaybookId, subject: string) => `${playbook}\n${subject}`

/** The same evidence makes the same run. */
export function runIdOf(playbook: PlaybookId, occasion: Occasion): PlaybookRun["id"] {
  const text = `${playbook}\n${evidenceOf(occasion)}`
  return `run_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`
}

/** True for evidence that belongs to a run of before: an incident has one, alerts share one for a time. */
export function belongsTo(run: PlaybookRun, { everyMs }: Playbook, occasion: Occasion, now: Millis): boolean {
  if (occasion.kind === "incident" || (occasion.kind === "policy" && occasion.incident !== null)) return true
  return now - run.at < everyMs
}
