import {
  type AllowlistEntry,
  allowlistSubjectOf,
  type Cidr,
  holds,
  type Millis,
  messageOf,
  prefix,
} from "../../core/index.ts"
import { auditOf, type Parts } from "../parts.ts"
import { free } from "./free.ts"

/** Resolves a name: everything that it stands for now, and how long that holds; rejects when nothing is said. */
export type ResolveHost = (name: string) => Promise<{ readonly addresses: readonly string[]; readonly ttlMs: Millis }>

// A name whose record changes with every question is not asked more often than this, and any is asked at least so often.
const shortest: Millis = 30_000
const longest: Millis = 3_600_000
// After a failure, and how often it is looked whether an entry came to its end.
const retryMs: Millis = 60_000
const lookMs: Millis = 5000

interface Answer {
  readonly id: string
  readonly covers: readonly Cidr[] | undefined
  readonly problem: string | null
}

const system = { who: "system", from: null }

/**
 * Asks again what host names stand for when their time is over, and notes which entries came to their end. Names are asked outside of
 * the decisions, which wait for nobody's DNS; what was known last holds meanwhile, and when there is no answer.
 */
export function createRefreshAllowlist(
  parts: Parts,
  serially: <T>(task: () => Promise<T>) => Promise<T>,
): () => Promise<void> {
  const { deps } = parts
  const dueAt = new Map<string, Millis>()
  let nextLook = Number.NEGATIVE_INFINITY
  let running: Promise<void> | undefined

  const ask = async ({ id, host = "" }: AllowlistEntry): Promise<Answer> => {
    const now = deps.clock.now()
    try {
      if (deps.resolveHost === undefined) throw new Error("names can't be resolved here")
      const { addresses, ttlMs } = await deps.resolveHost(host)
      dueAt.set(id, now + Math.min(longest, Math.max(shortest, ttlMs)))
      return { id, covers: addresses.map((one) => prefix(one)), problem: null }
    } catch (error) {
      dueAt.set(id, now + retryMs)
      return { id, covers: undefined, problem: messageOf(error) }
    }
  }
  const refresh = async () => {
    const now = deps.clock.now()
    // A clock that was set back is no reason to wait for it.
    if (now < nextLook && nextLook - now <= lookMs) return
    nextLook = now + lookMs
    const entries = await deps.store.allowlist()
    const isDue = ({ id, resolvedAt = 0 }: AllowlistEntry) => now >= (dueAt.get(id) ?? resolvedAt + shortest)
    const due = entries.filter((entry) => entry.host !== undefined && holds(entry, now) && isDue(entry))
    const isOver = (entry: AllowlistEntry) => !holds(entry, now) && entry.endedAt === undefined
    if (due.length === 0 && !entries.some(isOver)) return
    const answers = await Promise.all(due.map(ask))
    await serially(() => apply(parts, answers))
  }

  return () => {
    running ??= refresh().finally(() => {
      running = undefined
    })
    return running
  }
}

/** Holds the answers against the entries that are still there, and frees what they protect now. */
async function apply(parts: Parts, answers: readonly Answer[]): Promise<void> {
  const { deps, circumstances } = parts
  const now = deps.clock.now()
  const changed: { readonly before: AllowlistEntry; readonly after: AllowlistEntry; readonly action: string }[] = []
  for (const before of await deps.store.allowlist()) {
    const answer = answers.find(({ id }) => id === before.id)
    const after = answer && answered(before, answer, now)
    if (!holds(before, now) && before.endedAt === undefined)
      changed.push({ before, after: { ...before, endedAt: now }, action: "allowlist entry ended" })
    else if (after !== undefined) changed.push({ before, ...after })
  }
  if (changed.length === 0) return
  const entries = changed.map(({ after }) => after)
  const freed = await free(
    parts,
    entries.filter((entry) => holds(entry, now)),
    "system",
  )
  const audit = changed.map(({ before, after, action }) =>
    auditOf(deps, system, { action, subject: `allowlist:${after.id}`, before, after: { ...after, freed: freed.ids } }),
  )
  await parts.commit({ ...freed.changes, allowlist: entries, audit })
  circumstances.outdated()
}

/** Undefined when it says nothing new. */
function answered(before: AllowlistEntry, { covers, problem }: Answer, now: Millis) {
  const name = allowlistSubjectOf(before)
  if (covers === undefined) {
    if (problem === (before.problem ?? null)) return undefined
    return { after: { ...before, problem }, action: `allowlist name ${name} not resolved; what it stood for holds` }
  }
  const same = covers.length === before.covers?.length && covers.every((one) => before.covers?.includes(one))
  if (same && (before.problem ?? null) === null) return undefined
  const action = same ? `allowlist name ${name} resolved again` : `allowlist name ${name} stands for others`
  return { after: { ...before, covers, resolvedAt: now, problem: null }, action }
}
