import { z } from "zod"
import { cidr } from "./address.ts"
import { millis } from "./alert.ts"

/** What must never be touched. */
export const allowlistEntry = z
  .object({
    id: z.string(),
    prefix: cidr,
    comment: z.string().max(500),
    owner: z.string(),
    createdAt: millis,
    /** Null: no end. */
    expiresAt: millis.nullable(),
  })
  .readonly()
export type AllowlistEntry = z.infer<typeof allowlistEntry>
