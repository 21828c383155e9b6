import { z } from "zod"

export const rateUnits = ["packets", "bytes"] as const

/** How much may pass in a second. */
export const rate = z
  .object({
    /** More than a billion is no limit on any link of today. */
    perSecond: z.int().min(1).max(1_000_000_000),
    unit: z.enum(rateUnits),
  })
  .readonly()
export type Rate = z.infer<typeof rate>

const thousands: Readonly<Record<string, number>> = { "": 1, k: 1000, M: 1_000_000 }

/** A rate as people write it: `100 packets/s`, `20 kbytes/s`, `1 Mbytes/s`. */
export const rateText = z
  .string()
  .max(32)
  .transform((text, context): Rate => {
    const [, count, prefix = "", unit] = /^(\d{1,10})\s*([kM]?)(packets|bytes)\/s$/.exec(text) ?? []
    const parsed = rate.safeParse({ perSecond: Number(count) * (thousands[prefix] ?? 1), unit })
    if (parsed.success) return parsed.data
    context.addIssue({
      code: "custom",
      message: `"${text}" is no rate from 1 to a billion; write one such as 100 packets/s, 20 kbytes/s or 1 Mbytes/s`,
    })
    return z.NEVER
  })

/** "100 packets/s", "20 kbytes/s". */
export function rateInWords({ perSecond, unit }: Rate): string {
  for (const prefix of ["M", "k"]) {
    const size = thousands[prefix] ?? 1
    if (perSecond % size === 0) return `${perSecond / size} ${prefix}${unit}/s`
  }
  return `${perSecond} ${unit}/s`
}
