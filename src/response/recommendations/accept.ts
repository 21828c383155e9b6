import {
  type AddressProposal,
  type Countermeasure,
  isAddressProposal,
  type Millis,
  nodeInWords,
  type Policy,
  type Proposal,
} from "../../core/index.ts"
import { newBlock, newQuarantine } from "../countermeasure.ts"
import { quarantineRefusalAtEnforcement, type Refusal, refusalOf } from "../guardrails/index.ts"
import type { Parts } from "../parts.ts"
import { placesIn } from "../place.ts"
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

interface Standing {
  readonly known: readonly Countermeasure[]
  readonly begin: readonly (() => Countermeasure)[]
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

  const lengthen = (known: Countermeasure) => {
    if (isLater(until, known.expiresAt)) countermeasures.push({ ...known, expiresAt: until })
  }
  const decide = (proposal: Proposal): Resolution => {
    const doubt = doubts[evidence.get(proposal.id) ?? "stands"]
    if (doubt !== undefined) return { state: "withdrawn", by: actor.who, why: doubt }
    const { known, begin } = isAddressProposal(proposal) ? onAddress(proposal) : onNode(proposal)
    const [first] = known
    if (first !== undefined && begin.length === 0) {
      for (const one of known) lengthen(one)
      return { state: "already", by: actor.who, why: "it was in force already", countermeasure: first.id }
    }
    const refusal = refusalFor(proposal)
    if (refusal !== undefined) return { state: "refused", by: actor.who, why: refusal.reason }
    for (const one of known) lengthen(one)
    const [made, ...more] = begin.map((make) => make())
    if (made === undefined) return { state: "refused", by: actor.who, why: "there is nothing to be done" }
    countermeasures.push(made, ...more)
    return { state: "accepted", by: actor.who, why, countermeasure: made.id }
  }
  /** What is in force of it, and what makes the rest. */
  const onAddress = (proposal: AddressProposal): Standing => {
    const { target, direction, action, rate } = proposal
    const places = placesIn({ target, direction, action, ...(rate === undefined ? {} : { rate }) })
    return {
      known: places.flatMap((place) => wanted.activeFor(place) ?? []),
      begin: places
        .filter((place) => wanted.activeFor(place) === undefined)
        .map((place) => () => newBlock(deps, { ...wishOf(proposal), ...place }, lasting)),
    }
  }
  const onNode = (proposal: Exclude<Proposal, AddressProposal>): Standing => {
    const { target: node, action } = proposal
    const known = wanted.quarantineOf(node.id, action)
    if (known !== undefined) return { known: [known], begin: [] }
    return { known: [], begin: [() => newQuarantine(deps, { ...wishOf(proposal), node, action }, lasting)] }
  }
  const refusalFor = (proposal: Proposal): Refusal | undefined =>
    isAddressProposal(proposal)
      ? refusalOf({ target: proposal.target, by: "operator", nodes: proposal.reason.nodes }, around)
      : quarantineRefusalAtEnforcement({ node: proposal.target }, around)
  const wishOf = ({ severity, reason }: Proposal) => ({
    severity,
    enforcers: policy?.enforcers ?? [],
    reason: { ...reason, by: actor.who, text: `accepted${why === "" ? "" : ` (${why})`}: ${reason.text}` },
  })

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
