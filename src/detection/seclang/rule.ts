import type { Latin1 } from "../../core/index.ts"
import type { Text } from "./macro.ts"
import type { Operator } from "./operators/operator.ts"
import type { Filter, Prefilter } from "./prefilter/prefilter.ts"
import type { Chain, Way } from "./run/chain.ts"
import type { Selection } from "./run/selection.ts"
import type { Phase, Transaction } from "./run/transaction.ts"
import type { Place } from "./syntax/directives.ts"

/** A rule ready to run. The rules of a chain hang on its first one, and share its id, phase, message and tags. */
export interface Rule {
  readonly id: number
  readonly phase: Phase
  readonly file: string
  readonly place: Place
  /** As written, macros unresolved. */
  readonly message: string
  readonly messageText: Text
  /** `logdata`. */
  readonly logText: Text | null
  /** 0 (emergency) to 7 (debug); null when it names none. */
  readonly severity: number | null
  readonly tags: readonly string[]
  readonly version: string
  readonly revision: string
  readonly accuracy: number
  readonly maturity: number
  /** Null for SecAction. */
  readonly test: RuleTest | null
  readonly capture: boolean
  /** Bookkeeping (`nolog`), which logs leave out. */
  readonly silent: boolean
  /** What it decides when it matches; `block` is resolved by SecDefaultAction. */
  readonly disruption: "pass" | "deny" | "drop" | "redirect" | "proxy" | "allow" | "allow-phase" | "allow-request"
  /** True when one of its variables sums up an anomaly score. */
  readonly addsScore: boolean
  /** False for bookkeeping that only skips: nobody asks what it matched. */
  readonly leavesTrace: boolean
  /** False for what neither logs, scores nor decides: no alert ever names it. */
  readonly isTold: boolean
  /** The variables of TX that it sets, those of its chain included. */
  readonly sets: readonly TxKey[]
  /** `setvar`: run at each match. */
  readonly atMatch: readonly Effect[]
  /** `ctl`, `initcol` and the like: run once, when all of the chain matched. */
  readonly afterMatch: readonly Effect[]
  readonly skipAfter: string | null
  /** The number of rules to pass over. */
  readonly skip: number
  readonly next: Rule | null
  /** That of its test, when all of its targets stay as they are while a phase runs: asked before anything else. */
  readonly sieve: Sieve | null
}

/** A variable of TX in lower case, or how its name begins where the rest is a macro. */
export interface TxKey {
  readonly text: Latin1
  readonly isWhole: boolean
}

export type Effect = (transaction: Transaction) => void

export interface RuleTest {
  readonly targets: readonly Target[]
  readonly operator: Operator
  readonly negated: boolean
  readonly chain: Chain | null
  readonly multiMatch: boolean
  readonly way: Way
  /** What a value must have for the operator to match; null when it must always run. */
  readonly sieve: Sieve | null
}

export interface Sieve {
  readonly prefilter: Prefilter
  readonly filter: Filter
}

/** A variable of a rule, with what is excluded from it. */
export interface Target {
  readonly variable: number
  /** `ARGS`, as matches name it. */
  readonly name: string
  /** As written, which counts are called by. */
  readonly text: string
  readonly count: boolean
  readonly select: (transaction: Transaction) => Selection
  /** True when rules themselves change it, so that it is chosen anew each time. */
  readonly changing: boolean
  /** The text of the only value there can be, where that needs no selection; undefined when it is not there. */
  readonly only: { readonly key: Latin1; readonly text: (transaction: Transaction) => Latin1 | undefined } | null
}

/** Where `skipAfter` leads to; it stands in every phase. */
export interface Marker {
  readonly marker: string
}

export type Step = Rule | Marker

export function isMarker(step: Step): step is Marker {
  return "marker" in step
}

export const severityNames = ["EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"] as const
