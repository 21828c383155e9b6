import { type AlertId, type Cidr, type Incident, overlaps, type Proposal } from "../../core/index.ts"
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

/** What is proposed against this prefix goes. */
export function withdrawnFrom(
  { book, deps }: Pick<Parts, "book" | "deps">,
  allowed: Cidr,
  by: string,
): Pick<Changes, "proposals" | "removedRecommendations"> {
  const touched = book.pending().filter((one) => one.action === "block" && overlaps(allowed, one.target))
  return withdraw({ book, deps }, touched, { by, why: `${allowed} went on the allowlist` })
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
