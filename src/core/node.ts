import { z } from "zod"
import { nodeId } from "./ids.ts"

export const nodeKinds = ["host", "container", "pod", "vm"] as const

/** A thing that is protected. */
export const nodeRef = z.object({ id: nodeId, kind: z.enum(nodeKinds), name: z.string().max(253) }).readonly()
export type NodeRef = z.infer<typeof nodeRef>
