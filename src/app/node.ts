import { readFileSync } from "node:fs"
import { hostname, networkInterfaces } from "node:os"
import { type NodeRef, nodeId } from "../core/index.ts"
import type { MachineFacts } from "../response/index.ts"

/** This machine as a node; its name is its id until it is enrolled somewhere. */
export function thisNode(name: string | null): NodeRef {
  const shown = (name ?? hostname()) || "localhost"
  return { id: nodeId.parse(shown), kind: "host", name: shown }
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
