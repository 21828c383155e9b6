import { type Millis, messageOf } from "../../core/index.ts"
import type { Container, Engine, LogTail } from "./engine.ts"
import { maskJson, maskText } from "./mask.ts"

/** What a container was before anything was done to it. Parts that could not be read are null, and `problems` says why. */
export interface Evidence {
  readonly takenAt: Millis
  readonly container: Pick<Container, "id" | "name" | "startedAt">
  readonly inspection: unknown
  readonly processes: unknown
  readonly changedFiles: { readonly total: number; readonly first: readonly unknown[] } | null
  readonly log: LogTail | null
  readonly problems: readonly string[]
}

// Bounds that keep a snapshot under some 600 kB: an inspection has 10 kB, a process list a few, and a path some 100 bytes.
const maxInspection = 128 * 1024
const maxProcesses = 128 * 1024
const maxFiles = 1000
const logLimits = { lines: 1000, bytes: 128 * 1024 }
// An attack goes on while evidence is taken.
const maxMs = 5000

/** Takes what can be had within five seconds; it never throws, since no evidence is worth letting an attack go on. */
export async function takeEvidence(
  engine: Engine,
  container: Container,
  { now, signal }: { readonly now: Millis; readonly signal: AbortSignal },
): Promise<Evidence> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(maxMs)])
  const problems: string[] = []
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<T | null> => {
    try {
      return await read()
    } catch (error) {
      problems.push(`${what}: ${messageOf(error)}`)
      return null
    }
  }
  const { id, name, startedAt } = container
  const [processes, changes, log] = await Promise.all([
    container.running ? attempt("processes", () => engine.processes(id, limit)) : null,
    attempt("changed files", () => engine.changes(id, limit)),
    attempt("log", () => engine.logTail(container, logLimits, limit)),
  ])
  return {
    takenAt: now,
    container: { id, name, startedAt },
    inspection: bounded(maskJson(container.raw), maxInspection),
    processes: bounded(maskJson(processes), maxProcesses),
    changedFiles: Array.isArray(changes)
      ? { total: changes.length, first: changes.slice(0, maxFiles).map((one) => bounded(one, 4096)) }
      : null,
    log: log === null ? null : { ...log, text: maskText(log.text) },
    problems,
  }
}

/** As it is when it is small enough; else its text as far as it goes. */
function bounded(value: unknown, most: number): unknown {
  const text = JSON.stringify(value) ?? "null"
  return text.length <= most ? value : `${text.slice(0, most)}…`
}
