import { InvalidArgumentError } from "commander"
import type { Millis } from "../core/index.ts"

const unitsMs: Readonly<Record<string, Millis>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const form = "use a number with a unit (30s, 10m, 2h, 7d, 1w) or forever"

/** `10m` → milliseconds, `forever` → null. */
export function parseDuration(text: string): Millis | null {
  if (text === "forever") return null
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  const ms = Number(count) * (unitsMs[unit ?? ""] ?? Number.NaN)
  if (!(ms >= 1000)) throw new InvalidArgumentError(`"${text}" is no length of time; ${form}`)
  return ms
}

/** As `parseDuration`, or a date such as 2026-12-31; gives when it ends. */
export function parseEnd(now: Millis): (text: string) => Millis | null {
  return (text) => {
    if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))) return Date.parse(text)
    const ms = parseDuration(text)
    return ms === null ? null : now + ms
  }
}

/** `30d`, or a date such as 2026-12-31: gives the time that this was before, or is. */
export function parseSince(text: string): (now: Millis) => Millis {
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))) return () => Date.parse(text)
  const ms = parseDuration(text)
  return (now) => (ms === null ? 0 : now - ms)
}

/** "3 h 20 min", "45 s"; for tables. */
export function inShort(ms: Millis): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor((seconds % 86_400) / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "min"],
    [seconds % 60, "s"],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return "0 s"
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ")
}
