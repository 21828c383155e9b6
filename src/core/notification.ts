import { z } from "zod"
import { millis } from "./alert.ts"
import { severity } from "./attack.ts"
import type { PlaybookRun } from "./playbook.ts"

/** What a notification target can be told of. */
export const noticeKinds = [
  "incident-opened",
  "incident-grown",
  "incident-contained",
  "incident-reopened",
  "incident-closed",
  "countermeasure-applied",
  "countermeasure-failed",
  "countermeasure-ended",
  "recommendation",
  "playbook",
] as const
export const noticeKind = z.enum(noticeKinds)
export type NoticeKind = z.infer<typeof noticeKind>

/** One thing to tell, in plain text: whoever writes it into another format escapes it there. */
export const notice = z
  .object({
    /** `digest` stands for what was not told one by one, `test` for the test button. */
    kind: z.enum([...noticeKinds, "digest", "test"]),
    at: millis,
    severity,
    /** What was told of the same subject before, where that matters: a countermeasure is applied after it had failed. */
    follows: noticeKind.nullable(),
    /** Id of what it is about; notices of one subject are delivered in their order. */
    subject: z.string(),
    title: z.string(),
    /** One or more sentences. */
    text: z.string(),
    facts: z.array(z.object({ name: z.string(), value: z.string() }).readonly()).readonly(),
    /** Where the console shows it. */
    path: z.string(),
  })
  .readonly()
export type Notice = z.infer<typeof notice>

/** What a playbook has one target told. */
export interface PlaybookNotice {
  /** A name of the configuration. */
  readonly target: string
  /** What its author wrote; null: what set it off is told. */
  readonly text: string | null
  readonly run: PlaybookRun
}

export const deliveryStates = ["pending", "delivered", "failed"] as const
export const deliveryState = z.enum(deliveryStates)
export type DeliveryState = z.infer<typeof deliveryState>

/** One notice for one target. */
export const delivery = z
  .object({
    id: z.string(),
    /** The target's name. */
    target: z.string(),
    notice,
    state: deliveryState,
    attempts: z.int().min(0),
    /** Why the last attempt failed; null when it did not. */
    reason: z.string().nullable(),
    createdAt: millis,
    /** When it is tried next, while it is pending. */
    dueAt: millis,
    /** When it was delivered or given up. */
    finishedAt: millis.nullable(),
  })
  .readonly()
export type Delivery = z.infer<typeof delivery>
