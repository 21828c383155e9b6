import type { Millis } from "../core/index.ts"

export interface Backoff {
  readonly firstMs: Millis
  readonly lastMs: Millis
}

/** Soon at first, since most failures pass; then as seldom as a person would look whether it works again. */
export const usualBackoff: Backoff = { firstMs: 2000, lastMs: 15 * 60_000 }

/** Twice as long with each attempt, between half of that and all of it, so that many who failed together do not come back together. */
export function backoffMs(attempts: number, random: () => number, { firstMs, lastMs }: Backoff = usualBackoff): Millis {
  const whole = Math.min(lastMs, firstMs * 2 ** Math.max(0, Math.min(30, attempts - 1)))
  return Math.round(whole * (0.5 + random() / 2))
}
