import { type NodeRef, nodeInWords } from "../../core/index.ts"
import { held, type NodeCircumstances, type Refusal, refused } from "./guardrail.ts"

/** What some policy wants to quarantine. */
export interface IntendedQuarantine {
  readonly node: NodeRef
}

/** The first reason not to decide on this quarantine, or undefined. */
export function quarantineRefusalOf(intended: IntendedQuarantine, around: NodeCircumstances): Refusal | undefined {
  return protectedNode(intended, around) ?? quarantineRate(around)
}

/** The first reason not to put in force what was decided earlier, or undefined. */
export function quarantineRefusalAtEnforcement(
  intended: IntendedQuarantine,
  around: NodeCircumstances,
): Refusal | undefined {
  return protectedNode(intended, around)
}

function protectedNode({ node }: IntendedQuarantine, { protectedNodes }: NodeCircumstances): Refusal | undefined {
  if (!protectedNodes.has(node.id) && !protectedNodes.has(node.name)) return undefined
  return refused(`${nodeInWords(node)} is one of the nodes that are never quarantined (protectedNodes)`)
}

function quarantineRate({ recentQuarantines, limits }: NodeCircumstances): Refusal | undefined {
  if (recentQuarantines < limits.quarantinesPerMinute) return undefined
  return held(
    `too many quarantines: policies quarantined ${recentQuarantines} nodes in the last minute, and ${limits.quarantinesPerMinute} is the limit; a person has to look`,
  )
}
