import {
  type BlockCountermeasure,
  type Countermeasure,
  type Millis,
  nodeInWords,
  type Policy,
  type Proposal,
  type QuarantineCountermeasure,
} from "../../core/index.ts"
import { newBlock, newQuarantine } from "../countermeasure.ts"
import { quarantineRefusalAtEnforcement, type Refusal, refusalOf } from "../guardrails/index.ts"
import type { Parts } from "../parts.ts"
import type { Actor } from "../services.ts"
import { isLater } from "../wanted.ts"
import { type Resolution, resolved } from "./resolve.ts"
import { type Evidence, evidenceOf } from "./standing.ts"

export interface Accepting {
  readonly policy: Policy | undefined
  /** Undefined: as long as the policy says. */
  readonly durationMs: Millis | null | undefined
  readonly actor: Actor
  readonly why: string
}

export interface Accepted {
  readonly countermeasures: readonly Countermeasure[]
  /** Each with what became of it. */
  readonly proposals: readonly Proposal[]
}

/** What accepting these comes to now: each is held against the guardrails, its evidence and what is in force. */
export async function acceptanceOf(
  { deps, wanted, circumstances }: Pick<Parts, "deps" | "wanted" | "circumstances">,
  proposals: readonly Proposal[],
  { policy, durationMs, actor, why }: Accepting,
): Promise<Accepted> {
  const [around, evidence] = await Promise.all([circumstances.now(), evidenceOf(proposals, deps.store)])
  const lasting = durationMs === undefined ? durationOf(policy) : durationMs
  const until = lasting === null ? null : deps.clock.now() + lasting
  const countermeasures: Countermeasure[] = []

  const lengthened = (known: Countermeasure): Resolution => {
    if (isLater(until, known.expiresAt)) countermeasures.push({ ...known, expiresAt: until })
    return { state: "already", by: actor.who, why: "it was in force already", countermeasure: known.id }
  }
  const decide = (proposal: Proposal): Resolution => {
    const doubt = doubts[evidence.get(proposal.id) ?? "stands"]
    if (doubt !== undefined) return { state: "withdrawn", by: actor.who, why: doubt }
    const known = activeFor(proposal)
    if (known !== undefined) return lengthened(known)
    const refusal = refusalFor(proposal)
    if (refusal !== undefined) return { state: "refused", by: actor.who, why: refusal.reason }
    const made = begin(proposal)
    countermeasures.push(made)
    return { state: "accepted", by: actor.who, why, countermeasure: made.id }
  }
  const activeFor = (proposal: Proposal) =>
    proposal.action === "block"
      ? wanted.activeFor(proposal.target, proposal.direction)
      : wanted.quarantineOf(proposal.target.id, proposal.action)
  const refusalFor = (proposal: Proposal): Refusal | undefined =>
    proposal.action === "block"
      ? refusalOf({ target: proposal.target, by: "operator" }, around)
      : quarantineRefusalAtEnforcement({ node: proposal.target }, around)
  const begin = (proposal: Proposal): BlockCountermeasure | QuarantineCountermeasure => {
    const { severity } = proposal
    const enforcers = policy?.enforcers ?? []
    const reason = {
      ...proposal.reason,
      by: actor.who,
      text: `accepted${why === "" ? "" : ` (${why})`}: ${proposal.reason.text}`,
    }
    const common = { severity, enforcers, reason }
    return proposal.action === "block"
      ? newBlock(deps, { ...common, target: proposal.target, direction: proposal.direction }, lasting)
      : newQuarantine(deps, { ...common, node: proposal.target, action: proposal.action }, lasting)
  }

  return { proposals: proposals.map((proposal) => resolved(proposal, decide(proposal), deps)), countermeasures }
}

/** Undefined: nothing speaks against it. What is only gone was judged by a person who saw it come. */
const doubts: Readonly<Record<Evidence, string | undefined>> = {
  stands: undefined,
  gone: undefined,
  closed: "its incident was closed",
  masked: "its alerts are masked",
  "false-positive": "what it rests on was called a false positive",
}

export function durationOf(policy: Policy | undefined): Millis | null {
  // A policy that is gone can't say: an hour, as a block by hand.
  if (policy === undefined) return 3_600_000
  return policy.kind === "quarantine" ? policy.holdMs : policy.blockMs
}

/** For the audit log: what was done to whom. */
export function inShort(proposals: readonly Proposal[]): readonly object[] {
  return proposals.map(({ id, target, state, outcome }) => ({
    id,
    target: typeof target === "string" ? target : nodeInWords(target),
    state,
    countermeasure: outcome?.countermeasure ?? null,
    ...(state === "accepted" ? {} : { why: outcome?.why }),
  }))
}
