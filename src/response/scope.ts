import type { NodeRef, Policy } from "../core/index.ts"

/** The tags that a node carries. */
export type TagsOf = (node: NodeRef) => readonly string[]

/** True when the policy looks at this node: it is named by id or name, carries a tag that is named, or nothing is named at all. */
export function isInScope({ scope: { nodes, tags } }: Pick<Policy, "scope">, node: NodeRef, tagsOf: TagsOf): boolean {
  if (nodes.length + tags.length === 0) return true
  if (nodes.includes(node.id) || nodes.includes(node.name)) return true
  return tags.length > 0 && tagsOf(node).some((tag) => tags.includes(tag))
}
