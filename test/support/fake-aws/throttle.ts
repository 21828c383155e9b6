import { AwsError } from "./errors.ts"

export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** A token bucket for each action in each region, as the real server has for each account. */
export function createThrottle(
  rates: { readonly write: Rate | null; readonly read: Rate | null },
  now: () => number,
): (region: string, action: string) => void {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (region, action) => {
    const rate = /^(Get|List|Describe)/.test(action) ? rates.read : rates.write
    if (rate === null) return
    const key = `${region} ${action}`
    const bucket = buckets.get(key) ?? { tokens: rate.burst, at: now() }
    buckets.set(key, bucket)
    bucket.tokens = Math.min(rate.burst, bucket.tokens + ((now() - bucket.at) / 1000) * rate.perSecond)
    bucket.at = now()
    // A hair of slack, since two clocks are never quite the same.
    if (bucket.tokens < 0.999) throw new AwsError("ThrottlingException", "Rate exceeded")
    bucket.tokens -= 1
  }
}
