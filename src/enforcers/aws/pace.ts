import type { Clock, Millis } from "../../core/index.ts"
import { type AwsApi, type AwsCall, awsErrorIn } from "./call.ts"

export interface PaceDeps {
  readonly clock: Clock
  readonly sleep: (ms: Millis, signal: AbortSignal) => Promise<void>
  /** From 0 to 1. */
  readonly random: () => number
}

/** How often an action may be called in a region. */
export interface Rate {
  readonly everyMs: Millis
  /** As many may be called at once, after a pause. */
  readonly atOnce: number
}

export interface Pace {
  readonly changes: Rate
  readonly reads: Rate
}

const maxTries = 6
const firstWaitMs: Millis = 500
const longestWaitMs: Millis = 8000

/** Calls that wait for their turn, and are tried again where that may help. Every target of a region has to share one. */
export function createPacedApi<Action extends string>(
  api: AwsApi<Action>,
  { clock, sleep, random }: PaceDeps,
  { changes, reads }: Pace,
): AwsApi<Action> {
  /** When the next call would come, were they all evenly spread. */
  const evenly = new Map<string, Millis>()
  const turn = async ({ region, action }: AwsCall, signal: AbortSignal) => {
    const { everyMs, atOnce } = isChange(action) ? changes : reads
    const key = `${region} ${action}`
    const next = Math.max(clock.now(), evenly.get(key) ?? 0)
    evenly.set(key, next + everyMs)
    const waitMs = next - (atOnce - 1) * everyMs - clock.now()
    if (waitMs > 0) await sleep(waitMs, signal)
  }
  return async (call, signal) => {
    for (let tries = 1; ; tries++) {
      await turn(call, signal)
      try {
        return await api(call, signal)
      } catch (error) {
        if (signal.aborted || tries >= maxTries || !mayPass(error)) throw error
        const longest = Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1))
        await sleep(longest * (0.5 + random() / 2), signal)
      }
    }
  }
}

export function isChange(action: string): boolean {
  return !/^(Get|List|Describe)/.test(action)
}

const passing = new Set([
  "ThrottlingException",
  "Throttling",
  "ThrottledException",
  "RequestLimitExceeded",
  "TooManyRequestsException",
  "WAFInternalErrorException",
  // A set that was made a moment ago is not known everywhere yet.
  "WAFUnavailableEntityException",
  "ServiceUnavailable",
  "InternalFailure",
  "ECONNRESET",
  "ETIMEDOUT",
  "EPIPE",
  "EAI_AGAIN",
  "TimeoutError",
])

/** True for what is likely to be over in a moment. */
function mayPass(error: unknown): boolean {
  const aws = awsErrorIn(error)
  return aws !== undefined && (passing.has(aws.name) || (aws.status ?? 0) >= 500)
}
