import type { RuleDraft } from "../draft.ts"
import type { Settings } from "../settings.ts"
import type { Directive, Word } from "../syntax/directives.ts"
import type { MistakeCode } from "../syntax/mistake.ts"

/** What directives make of a rule set, in the order of the files. */
export interface Builder {
  readonly file: string
  /** Runs a reading; a Mistake in it is told at its place in the word, and gives undefined. */
  readonly guarded: <T>(word: Word, read: () => T) => T | undefined
  readonly complain: (code: MistakeCode, message: string, word: Word) => void
  readonly readFile: (name: string) => string
  set(change: Partial<Settings>): void
  readonly settings: () => Settings
  addRule(draft: RuleDraft | undefined, directive: Directive): void
  addMarker(name: string): void
  setDefaults(draft: RuleDraft): void
  /** Changes rules that were read already, when all are read. */
  amend(amendment: Amendment): void
}

export interface Amendment {
  readonly fits: (rule: RuleDraft) => boolean
  /** False takes the rule away. */
  readonly change: (rule: RuleDraft) => boolean
  readonly word: Word
  readonly file: string
}

export interface DirectiveDefinition {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly arguments: readonly [min: number, max: number]
  readonly apply: (directive: Directive, builder: Builder) => void
}
