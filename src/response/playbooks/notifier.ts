import type { PlaybookId, PlaybookRun } from "../../core/index.ts"

/** What a playbook wants to be told, and to whom. */
export interface PlaybookNotification {
  /** One of `targets`. */
  readonly target: string
  readonly playbook: PlaybookId
  /** What the playbook's author wrote, or a sentence that says what happened. */
  readonly text: string
  readonly run: PlaybookRun
}

/**
 * Tells people. It is handed each notification once, after the run that asks for it is stored; trying again and telling of failures is
 * its own, and it never throws.
 */
export interface PlaybookNotifier {
  /** Ids of the targets that are configured. */
  readonly targets: readonly string[]
  notify(notification: PlaybookNotification): void
}
