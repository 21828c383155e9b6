import type { Alert } from "../../src/core/index.ts"
import type { Operation } from "../../src/enforcers/enforcer.ts"
import type { Responder } from "../../src/response/index.ts"

/** What senders and operators ask of Thwart, and are answered once it is stored. */
export interface Operations
  extends Pick<Responder, "block" | "undo" | "allow" | "disallow" | "changePolicy" | "decideRecommendation"> {
  ingest(alerts: readonly Alert[]): Promise<void>
}
export type OperationName = keyof Operations

/** From the test to the server that it started. */
export type ToServer =
  | { readonly kind: "call"; readonly id: number; readonly name: OperationName; readonly args: readonly unknown[] }
  /** From now on tell of each step, and die at this one; null: at none. Answered. */
  | { readonly kind: "arm"; readonly id: number; readonly dieAt: number | null }
  | { readonly kind: "target"; readonly id: number; readonly value?: unknown; readonly error?: string }

/** From the server to the test. */
export type ToTest =
  | { readonly kind: "ready" }
  | { readonly kind: "answer"; readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly kind: "observe"; readonly id: number }
  | { readonly kind: "apply"; readonly id: number; readonly operations: readonly Operation[] }

export interface ServerSettings {
  readonly dataDir: string
  /** `postgres://…`; null: SQLite in the data folder. */
  readonly database: string | null
  /** Of PostgreSQL. */
  readonly schema: string
  /** The network namespace whose kernel is the target; null: the target is the test's own. */
  readonly netns: string | null
}
