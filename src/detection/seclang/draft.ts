import { constantText, type Text } from "./macro.ts"
import type { Operator } from "./operators/operator.ts"
import type { Effect, TxKey } from "./rule.ts"
import type { Phase } from "./run/transaction.ts"
import type { Place } from "./syntax/directives.ts"
import type { WrittenTarget } from "./syntax/target-list.ts"
import type { TransformationDefinition } from "./transformations/transformation.ts"

/** A rule while it is read: what its actions, and directives behind it, change. */
export interface RuleDraft {
  readonly file: string
  readonly place: Place
  readonly test: { targets: readonly WrittenTarget[]; readonly operator: Operator; readonly negated: boolean } | null
  id: number | null
  phase: Phase
  message: string
  messageText: Text
  logText: Text | null
  severity: number | null
  readonly tags: string[]
  version: string
  revision: string
  accuracy: number
  maturity: number
  capture: boolean
  chain: boolean
  multiMatch: boolean
  silent: boolean | null
  disruption: Disruption | null
  /** True after `t:none`: what SecDefaultAction says of transformations does not hold. */
  ownTransformations: boolean
  transformations: TransformationDefinition[]
  addsScore: boolean
  sets: TxKey[]
  atMatch: Effect[]
  afterMatch: Effect[]
  skipAfter: string | null
  skip: number
}

export type Disruption =
  | "pass"
  | "block"
  | "deny"
  | "drop"
  | "redirect"
  | "proxy"
  | "allow"
  | "allow-phase"
  | "allow-request"

export function createDraft(file: string, place: Place, test: RuleDraft["test"]): RuleDraft {
  return {
    file,
    place,
    test,
    id: null,
    phase: 2,
    message: "",
    messageText: constantText(""),
    logText: null,
    severity: null,
    tags: [],
    version: "",
    revision: "",
    accuracy: 0,
    maturity: 0,
    capture: false,
    chain: false,
    multiMatch: false,
    silent: null,
    disruption: null,
    ownTransformations: false,
    transformations: [],
    addsScore: false,
    sets: [],
    atMatch: [],
    afterMatch: [],
    skipAfter: null,
    skip: 0,
  }
}
