import { z } from "zod"
import { countermeasureId, millis, nodeRef, quarantineAction } from "../../core/index.ts"

const attachment = z.object({
  network: z.string(),
  ipv4: z.string().nullable(),
  ipv6: z.string().nullable(),
  fixed: z.boolean(),
  mac: z.string().nullable(),
  aliases: z.array(z.string()).readonly(),
  links: z.array(z.string()).readonly(),
  driverOptions: z.record(z.string(), z.string()),
})

/** What is written down before a container is touched, and needed until it is let go again. */
export const custody = z
  .object({
    countermeasure: countermeasureId,
    action: quarantineAction,
    node: nodeRef,
    decidedAt: millis,
    expiresAt: millis.nullable(),
    container: z.object({ id: z.string(), name: z.string() }).readonly(),
    before: z
      .object({
        startedAt: z.string(),
        running: z.boolean(),
        paused: z.boolean(),
        attachments: z.array(attachment).readonly(),
      })
      .readonly(),
  })
  .readonly()
export type Custody = z.infer<typeof custody>

/** Outlives the process: what is kept is durable when `keep` resolves. */
export interface CustodyBook {
  all(): Promise<readonly Custody[]>
  keep(custody: Custody): Promise<void>
  forget(of: Custody): Promise<void>
  /** Kept beyond the end of the countermeasure. */
  keepEvidence(of: Custody["countermeasure"], evidence: unknown): Promise<void>
  evidenceOf(of: Custody["countermeasure"]): Promise<unknown>
}
