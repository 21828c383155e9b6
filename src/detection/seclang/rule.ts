import type { Operator } from "./operators/operator.ts"
import type { Target } from "./target.ts"
import type { Transform } from "./transformations/index.ts"

/** A numeric step of `setvar`: set, add or subtract; the value is a number, or the name of another variable of TX. */
export interface Assignment {
  readonly name: string
  readonly step: "set" | "add" | "subtract" | "remove"
  readonly value: string
}

/** A rule ready to run. The rules of a chain hang on its first one. */
export interface Rule {
  readonly id: string
  readonly phase: number
  readonly file: string
  readonly line: number
  readonly message: string
  readonly severity: string | null
  readonly tags: readonly string[]
  /** Null for SecAction. */
  readonly test: { readonly targets: readonly Target[]; readonly operator: Operator; readonly negated: boolean } | null
  readonly transforms: readonly Transform[]
  /** The names of the transformations in order: what results are cached by. */
  readonly chainOfTransforms: string
  readonly multiMatch: boolean
  readonly assignments: readonly Assignment[]
  readonly capture: boolean
  readonly silent: boolean
  readonly skipAfter: string | null
  readonly next: Rule | null
}

/** Where `skipAfter` leads to. */
export interface Marker {
  readonly marker: string
}

export type Step = Rule | Marker

export function isMarker(step: Step): step is Marker {
  return "marker" in step
}
