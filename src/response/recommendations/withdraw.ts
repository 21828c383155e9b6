import {
  type AlertId,
  type Cidr,
  type Incident,
  isAddressProposal,
  type NodeRef,
  type Proposal,
} from "../../core/index.ts"
import type { Changes } from "../../store/store.ts"
import type { Parts } from "../parts.ts"
import { leaving, resolved } from "./resolve.ts"

interface Misjudged {
  readonly incident: Incident | undefined
  readonly alerts: readonly AlertId[]
}

/** What is proposed on this evidence alone goes, with the reason why. */
export function withdrawnWith(
  { book, deps }: Pick<Parts, "book" | "deps">,
  { incident, alerts }: Misjudged,
  { by, why }: { readonly by: string; readonly why: string },
): Pick<Changes, "proposals" | "removedRecommendations"> {
  const judged = new Set([...alerts, ...(incident?.stages.flatMap((stage) => stage.alerts) ?? [])])
  const rests = ({ reason }: Proposal) =>
    reason.incident === null
      ? reason.alerts.length > 0 && reason.alerts.every((id) => judged.has(id))
      : reason.incident === incident?.id
  return withdraw({ book, deps }, book.pending().filter(rests), { by, why })
}

/** What is proposed against friends goes; `friendOf` names the entry of the allowlist that speaks for a prefix. */
export function withdrawnFrom(
  { book, deps }: Pick<Parts, "book" | "deps">,
  friendOf: (target: Cidr, nodes: readonly NodeRef[] | undefined) => string | undefined,
  by: string,
): Pick<Changes, "proposals" | "removedRecommendations"> {
  const withdrawn = book.pending().flatMap((one) => {
    const friend = isAddressProposal(one) ? friendOf(one.target, one.reason.nodes) : undefined
    if (friend === undefined) return []
    return [resolved(one, { state: "withdrawn", by, why: `${friend} went on the allowlist` }, deps)]
  })
  return leaving(book, withdrawn)
}

function withdraw(
  { book, deps }: Pick<Parts, "book" | "deps">,
  proposals: readonly Proposal[],
  resolution: { readonly by: string; readonly why: string },
) {
  return leaving(
    book,
    proposals.map((one) => resolved(one, { state: "withdrawn", ...resolution }, deps)),
  )
}
