import type { NodeId, NodeRef, Vulnerability } from "../core/index.ts"
import { compareSeverity } from "../core/index.ts"
import type { Vulnerable } from "./intent-rule.ts"

/** What is known of nodes beside their alerts. Asked for each alert, so both answer at once and from memory. */
export interface NodeFacts {
  vulnerabilitiesOf?(node: NodeRef): readonly Vulnerability[]
  /** The nodes that it is connected with, as far as that is known. */
  neighboursOf?(node: NodeId): readonly NodeId[]
}

/** True when one of the nodes is known to be as vulnerable as the rule asks. */
export function isVulnerable(facts: NodeFacts, nodes: readonly NodeRef[], wanted: Vulnerable): boolean {
  const ids = new Set(wanted.ids.map((id) => id.toUpperCase()))
  const counts = ({ id, severity, knownExploited, epss }: Vulnerability) =>
    compareSeverity(severity, wanted.minSeverity) >= 0 &&
    (ids.size === 0 || ids.has(id.toUpperCase())) &&
    (!wanted.knownExploited || knownExploited === true) &&
    (wanted.minEpss === 0 || (epss ?? 0) >= wanted.minEpss)
  return nodes.some((node) => (facts.vulnerabilitiesOf?.(node) ?? []).filter(counts).length >= wanted.count)
}
