import { z } from "zod"
import { direction, duration } from "../../core/index.ts"
import { mistakeIn } from "./template.ts"

/** A text with fields in it. */
export const template = z
  .string()
  .max(4000)
  .superRefine((text, context) => {
    const mistake = mistakeIn(text)
    if (mistake !== undefined) context.addIssue({ code: "custom", message: mistake })
  })

const maxTimeoutMs = 60_000

/** Settings of every enforcer that tells. */
export const toldSettings = {
  /** Its id, by which policies and reports name it; null: its kind. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, "small letters, digits and dashes, 40 at most")
    .nullable()
    .default(null),
  directions: z.array(direction).min(1).max(2).default(["inbound"]),
  timeout: duration.pipe(z.int().min(1000).max(maxTimeoutMs)).default(10_000),
  /** More are not enforced, the mildest first: a system of this kind is told one at a time. */
  maxEntries: z.int().min(1).max(100_000).default(10_000),
  /** How many are told at once. */
  atOnce: z.int().min(1).max(32).default(4),
}
