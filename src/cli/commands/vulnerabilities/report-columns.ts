import type { VulnerabilitySummary } from "../../../api/contract/index.ts"
import { severities } from "../../../core/index.ts"
import type { Column } from "../../text.ts"

export function nameOf({ subject }: VulnerabilitySummary): string {
  return subject.kind === "node" ? `node ${subject.node}` : `image ${subject.images[0]}`
}

/** "2 critical, 10 high, 1 exploited" */
export function countsOf({ counts, knownExploited }: VulnerabilitySummary): string {
  const told = severities
    .toReversed()
    .filter((one) => counts[one] > 0)
    .map((one) => `${counts[one]} ${one}`)
  const exploited = knownExploited === 0 ? [] : [`${knownExploited} exploited`]
  return told.length === 0 ? "no vulnerability" : [...told, ...exploited].join(", ")
}

export const reportColumns: readonly Column<VulnerabilitySummary>[] = [
  { name: "imported", of: ({ importedAt }) => new Date(importedAt).toISOString().replace("T", " ").slice(0, 19) },
  { name: "tool", of: ({ tool }) => tool },
  { name: "of", of: nameOf, flexible: true },
  { name: "vulnerabilities", of: countsOf },
  { name: "id", of: ({ id }) => id },
]
