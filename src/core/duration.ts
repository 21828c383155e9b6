import { z } from "zod"
import type { Millis } from "./clock.ts"

const unitsMs: readonly (readonly [string, Millis])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
]

/** A length of time as people write it in files: `90s`, `10 min`, `1h`, `2 days`; gives milliseconds. */
export const duration = z
  .string()
  .max(32)
  .transform((text, context): Millis => {
    const [, count, letter] = /^(\d{1,9})\s*(?:(s|m|h|d)|(?:(?:sec(?:ond)?|min(?:ute)?|hour|day)s?))$/.exec(text) ?? []
    const initial = letter ?? text.replace(/^\d+\s*/, "").charAt(0)
    const ms = unitsMs.find(([name]) => name.startsWith(initial === "" ? "?" : initial))?.[1]
    if (count !== undefined && ms !== undefined) return Number(count) * ms
    context.addIssue({
      code: "custom",
      message: `"${text}" is no length of time; write one such as 30s, 10m, 1h or 2d`,
    })
    return z.NEVER
  })

/** In the largest unit that is whole: "90 minutes", "1 hour", "2 days". */
export function durationInWords(ms: Millis): string {
  for (const [name, size] of unitsMs)
    if (ms >= size && ms % size === 0) return `${ms / size} ${name}${ms === size ? "" : "s"}`
  return `${ms / 1000} seconds`
}

/** As a person says how long something took: "less than a second", "42 seconds", "3 hours"; never more than the truth. */
export function roughDuration(ms: Millis): string {
  for (const [name, size] of unitsMs) {
    const count = Math.floor(ms / size)
    if (count > 1 || (count === 1 && size === 1000)) return `${count} ${name}${count === 1 ? "" : "s"}`
  }
  return "less than a second"
}
