import { type Clock, holds, type Millis, parseCidr } from "../core/index.ts"
import { indexAllowlist } from "./allowlist/index.ts"
import { type Circumstances, defaultLimits, indexPrefixes } from "./guardrails/index.ts"
import type { ResponderDeps } from "./services.ts"

/** What the guardrails look at. Each of these rejects when something of it can't be read: then nothing new is decided or enforced. */
export interface CircumstancesReader {
  /** Read anew, for a decision. */
  now(): Promise<Circumstances>
  /** Not older than a second, for the check before each of many entries is put in force. */
  lately(): Promise<Circumstances>
  /** Something changed here: what was read is worth nothing. */
  outdated(): void
}

const lately: Millis = 1000

export function createCircumstancesReader(
  { clock, store, surroundings, operators, protectedNodes = [], asnsOf, limits = defaultLimits }: ResponderDeps,
  rates: { readonly blocks: RecentCount; readonly quarantines: RecentCount },
): CircumstancesReader {
  let last: { readonly at: Millis; readonly read: Promise<Circumstances> } | undefined

  const neverQuarantined = new Set(protectedNodes)
  const read = async (): Promise<Circumstances> => {
    const [entries, signedIn] = await Promise.all([store.allowlist(), operators()])
    const now = clock.now()
    return {
      now,
      allowlist: indexAllowlist(
        entries.filter((entry) => holds(entry, now)),
        asnsOf,
      ),
      surroundings: indexPrefixes(surroundings()),
      operators: indexPrefixes(
        signedIn.flatMap((text) => {
          const parsed = parseCidr(text)
          return parsed === undefined ? [] : [{ prefix: parsed }]
        }),
      ),
      recentBlocks: rates.blocks.lastMinute(),
      protectedNodes: neverQuarantined,
      recentQuarantines: rates.quarantines.lastMinute(),
      limits,
    }
  }

  return {
    now: read,
    lately: () => {
      const now = clock.now()
      if (last !== undefined && Math.abs(now - last.at) < lately) return last.read
      const reading = { at: now, read: read() }
      last = reading
      reading.read.catch(() => {
        if (last === reading) last = undefined
      })
      return reading.read
    },
    outdated: () => {
      last = undefined
    },
  }
}

/** How many blocks, or quarantines, policies made in the last minute. */
export interface RecentCount {
  made(at: Millis): void
  lastMinute(): number
}

export function createRecentCount(clock: Clock): RecentCount {
  let times: Millis[] = []
  return {
    made: (at) => {
      times.push(at)
    },
    lastMinute: () => {
      const now = clock.now()
      // A clock that was set back does not hold what it made "later" against the policies for ever.
      times = times.filter((at) => at > now - 60_000 && at <= now)
      return times.length
    },
  }
}
