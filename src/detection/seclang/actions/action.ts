import type { RuleDraft } from "../draft.ts"

/** One action of a rule's list. */
export interface ActionDefinition {
  /** As documented; rules may write it in any case. */
  readonly name: string
  readonly aliases?: readonly string[]
  readonly argument: "none" | "optional" | "required"
  /** Only the first rule of a chain may have it: it speaks for all of the chain. */
  readonly firstOnly?: true
  /** Changes the draft; throws a Mistake (its offset counts in the argument). */
  readonly apply: (draft: RuleDraft, argument: string) => void
}
