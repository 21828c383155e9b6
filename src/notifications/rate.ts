import type { Clock } from "../core/index.ts"

/** True for so many a minute, as many at once; the rest waits for nobody. */
export function createRate({ clock, perMinute }: { readonly clock: Clock; readonly perMinute: number }): () => boolean {
  let left = perMinute
  let at = clock.now()
  return () => {
    const now = clock.now()
    // A clock that was set back gives nothing, and takes nothing.
    left = Math.min(perMinute, left + (Math.max(0, now - at) * perMinute) / 60_000)
    at = now
    if (left < 1) return false
    left -= 1
    return true
  }
}
