import { z } from "zod"
import { allowlistEntry, allowlistSubject, countermeasureId, millis } from "../../core/index.ts"

// GET /allowlist, POST /allowlist, DELETE /allowlist/:id
export const allowlist = z.object({ items: z.array(allowlistEntry) })

const told = { range: "192.0.2.10-192.0.2.20", host: "office.example.com", asn: 64_500 } as const

export const newAllowlistEntry = z
  .strictObject({
    ...allowlistSubject.shape,
    comment: z.string().min(1).max(500).meta({ description: "Why it is there" }),
    owner: z.string().trim().min(1).max(200).optional().meta({ description: "Who answers for it; absent: who asks" }),
    nodes: z.array(z.string().min(1).max(253)).max(100).default([]).meta({
      description: "Ids or names: it protects from what follows from attacks on these nodes alone; empty: everywhere",
    }),
    expiresAt: millis.int().nullable().default(null).meta({ description: "When it shall end; null: never" }),
  })
  .refine(
    ({ prefix, range, host, asn }) => [prefix, range, host, asn].filter((one) => one !== undefined).length === 1,
    {
      error: "name one of prefix, range, host and asn",
    },
  )
  .meta({
    examples: [
      { prefix: "192.0.2.0/24", comment: "office" },
      { range: told.range, comment: "scanners of the audit", owner: "security", nodes: ["staging"] },
      { host: told.host, comment: "home office" },
      { asn: told.asn, comment: "our provider" },
    ],
  })

/** What was added, and what it ended. */
export const allowed = allowlistEntry
  .unwrap()
  .extend({ freed: z.array(z.object({ id: countermeasureId, subject: z.string() })) })

export type AllowlistBody = z.infer<typeof allowlist>
export type Allowed = z.infer<typeof allowed>
export type NewAllowlistEntry = z.input<typeof newAllowlistEntry>
