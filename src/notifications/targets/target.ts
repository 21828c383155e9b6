import type { Notice } from "../../core/index.ts"
import type { Secrets } from "../../outbound/index.ts"
import type { TargetConfig, TargetConfigOf } from "../config.ts"

/** What is sent. */
export interface Message {
  /** The same for every attempt, so that whoever gets it twice can tell. */
  readonly id: string
  readonly notice: Notice
  /** To the console; null where nobody said where it is. */
  readonly link: string | null
}

export type SendResult =
  | { readonly kind: "sent" }
  /** `again`: it may work another time, and not before `afterMs`. */
  | { readonly kind: "failed"; readonly reason: string; readonly again: boolean; readonly afterMs?: number }

/**
 * Brings messages to people or their systems. Obligations of every implementation:
 * - speaks to the address of its configuration alone, and follows no redirect;
 * - `send` resolves within its timeout, with what became of it; it does not retry, whoever calls it does;
 * - escapes every text of the notice for its own format: they hold what attackers wrote;
 * - neither results nor `destination` hold a secret that it was not given by the other side.
 */
export interface NotificationTarget {
  /** Where it goes, for people. */
  readonly destination: string
  /** False where there is nothing to send for this notice. */
  hasUseFor?(notice: Notice): boolean
  /** True where leaving it out would leave something open: it goes past the rate limit. */
  mustHave?(notice: Notice): boolean
  send(message: Message, signal: AbortSignal): Promise<SendResult>
  close?(): void
}

export interface TargetDeps {
  readonly fetch: typeof globalThis.fetch
  readonly now: () => number
  readonly secrets: Pick<Secrets, "resolve">
  readonly readFile: (path: string) => string
}

/** Makes the target; throws with what is wrong about its settings. */
export type CreateTarget<K extends TargetConfig["kind"]> = (
  deps: TargetDeps,
  config: TargetConfigOf<K>,
) => NotificationTarget
