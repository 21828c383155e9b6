import type { Cidr, Millis, NodeRef } from "../../core/index.ts"
import type { Allowlist } from "../allowlist/index.ts"
import type { Protected } from "../surroundings.ts"
import type { Prefixes } from "./overlap.ts"

/** What somebody or some policy wants to block. */
export interface Intended {
  readonly target: Cidr
  /** Person or policy: a person may go further, but never against a friend. */
  readonly by: "policy" | "operator"
  /** Where what led to it happened; undefined where that is not known, and for what a person does. */
  readonly nodes?: readonly NodeRef[] | undefined
}

/** What the checks of a quarantine look at. */
export interface NodeCircumstances {
  /** Ids and names of nodes that must never be touched. */
  readonly protectedNodes: ReadonlySet<string>
  /** Nodes that policies quarantined in the last minute. */
  readonly recentQuarantines: number
  readonly limits: GuardrailLimits
}

/** What the checks look at, gathered once for all of them. */
export interface Circumstances extends NodeCircumstances {
  readonly now: Millis
  /** Entries that hold now. */
  readonly allowlist: Allowlist
  /** The node's own addresses, gateways, resolvers, the server, and why each must stay reachable. */
  readonly surroundings: Prefixes<Protected>
  /** Where operators who are signed in came from. */
  readonly operators: Prefixes<{ readonly prefix: Cidr }>
  /** New blocks by policies in the last minute. */
  readonly recentBlocks: number
}

export interface GuardrailLimits {
  /** The widest prefixes that a policy may block, and a person. */
  readonly policyPrefix: { readonly v4: number; readonly v6: number }
  readonly operatorPrefix: { readonly v4: number; readonly v6: number }
  /** New blocks by policies in a minute. */
  readonly blocksPerMinute: number
  /** Nodes that policies quarantine in a minute. */
  readonly quarantinesPerMinute: number
}

// A quarantined node serves nobody: more than five at once is an outage or a wrong rule.
// A /24 and a /48 are the smallest networks that are routed by themselves; a /16 and a /32 are what one provider holds.
export const defaultLimits: GuardrailLimits = {
  policyPrefix: { v4: 24, v6: 48 },
  operatorPrefix: { v4: 16, v6: 32 },
  blocksPerMinute: 60,
  quarantinesPerMinute: 5,
}

/**
 * Undefined when it may be; else why not, as a sentence that ends without a full stop. `held` is a limit of the moment: a person can
 * still do it. `refused` is for good.
 */
export type Guardrail = (intended: Intended, circumstances: Circumstances) => Refusal | undefined

export interface Refusal {
  readonly kind: "refused" | "held"
  readonly reason: string
}

export const refused = (reason: string): Refusal => ({ kind: "refused", reason })
export const held = (reason: string): Refusal => ({ kind: "held", reason })
