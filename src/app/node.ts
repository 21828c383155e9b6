import { readFileSync } from "node:fs"
import { hostname, networkInterfaces } from "node:os"
import { type NodeRef, nodeId } from "../core/index.ts"
import type { MachineFacts } from "../response/index.ts"

/** This machine as a node; its name is its id until it is enrolled somewhere. */
export function thisNode(name: string | null): NodeRef {
  const shown = (name ?? hostname()) || "localhost"
  return { id: nodeId.parse(shown), kind: "host", name: shown }
}

/** What the configuration tags a node with, by its id or its name. */
export function tagsFrom(byNode: Readonly<Record<string, readonly string[]>>): (node: NodeRef) => readonly string[] {
  const tags = new Map(Object.entries(byNode))
  return ({ id, name }) => [...(tags.get(id) ?? []), ...(id === name ? [] : (tags.get(name) ?? []))]
}

export const machineFacts: MachineFacts = {
  addresses: () => Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
  read: (path) => {
    try {
      return readFileSync(path, "utf8")
    } catch {
      return undefined // Another system than Linux, or no such table in this namespace.
    }
  },
}
