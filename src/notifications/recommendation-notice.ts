import { isAddressProposal, type Notice, type Proposal, proposalTarget, rateInWords } from "../core/index.ts"
import { shownText, shownTitle, shownValue, timeInWords } from "./notice-text.ts"
import type { NewProposal } from "./pending-proposals.ts"

/** That somebody has to decide whether a policy may act. */
export function recommendationNotice({ proposal, recommendation }: NewProposal): Notice {
  const { id, createdAt, severity } = proposal
  return {
    kind: "recommendation",
    at: createdAt,
    severity,
    follows: null,
    subject: id,
    title: shownTitle(`Decision wanted: ${wishOf(proposal)}`),
    text: shownText(sentenceOf(proposal)),
    facts: factsOf(proposal),
    path: recommendation === undefined ? "/recommendations" : `/recommendations/${recommendation}`,
  }
}

/** `block 203.0.113.66/32`, `limit 203.0.113.66/32 to 100 packets/s`, `pause container shop-web`. */
function wishOf(proposal: Proposal): string {
  const wish = `${proposal.action} ${proposalTarget(proposal)}`
  return isAddressProposal(proposal) && proposal.rate !== undefined ? `${wish} to ${rateInWords(proposal.rate)}` : wish
}

function sentenceOf({ policy, held, expiresAt, reason }: Proposal): string {
  const why = held === null ? "asks first" : `was held back by a guardrail: ${held}`
  return `The policy ${policy} ${why}. Nothing is done unless somebody accepts it by ${timeInWords(expiresAt)}. It is proposed because: ${reason.text}`
}

function factsOf(proposal: Proposal): Notice["facts"] {
  const { id, severity, policy, count, threshold, reason } = proposal
  const direction = isAddressProposal(proposal) ? `, ${proposal.direction}` : ""
  return [
    { name: "Severity", value: severity },
    { name: "Action", value: `${proposal.action}${direction}` },
    { name: "Of", value: shownValue(proposalTarget(proposal)) },
    { name: "Policy", value: shownValue(policy) },
    { name: "Seen", value: `${count} of ${threshold}` },
    { name: "Incident", value: reason.incident ?? "" },
    { name: "Proposal", value: id },
  ].filter(({ value }) => value !== "")
}
