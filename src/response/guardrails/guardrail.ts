import type { AllowlistEntry, Cidr, Millis } from "../../core/index.ts"

/** What somebody or some policy wants to block. */
export interface Intended {
  readonly target: Cidr
  /** Person or policy: a person may go further, but never against a friend. */
  readonly by: "policy" | "operator"
}

/** What the checks look at, gathered once for all of them. */
export interface Circumstances {
  readonly now: Millis
  readonly allowlist: readonly AllowlistEntry[]
  /** The node's own addresses, gateways, resolvers, the server, and why each must stay reachable. */
  readonly protectedPrefixes: readonly { readonly prefix: Cidr; readonly why: string }[]
  /** Where operators who are signed in came from. */
  readonly operators: readonly Cidr[]
  /** When the automatic blocks of the last minute were made. */
  readonly recentBlocks: number
  readonly limits: GuardrailLimits
}

export interface GuardrailLimits {
  /** The widest prefixes that a policy may block, and a person. */
  readonly policyPrefix: { readonly v4: number; readonly v6: number }
  readonly operatorPrefix: { readonly v4: number; readonly v6: number }
  /** New blocks by policies in a minute. */
  readonly blocksPerMinute: number
}

export const defaultLimits: GuardrailLimits = {
  policyPrefix: { v4: 24, v6: 48 },
  operatorPrefix: { v4: 16, v6: 32 },
  blocksPerMinute: 60,
}

/** Undefined when it may be; else why not, as a sentence that ends without a full stop. */
export type Guardrail = (intended: Intended, circumstances: Circumstances) => string | undefined
