import { z } from "zod"
import { nodeId } from "./ids.ts"

export const nodeKinds = ["host", "container", "pod", "vm"] as const

/** A thing that is protected. */
export const nodeRef = z
  .object({
    id: nodeId,
    kind: z.enum(nodeKinds),
    name: z.string().max(253),
    /** What a container runs, where its sensor knows it. */
    image: z.string().max(500).optional(),
  })
  .readonly()
export type NodeRef = z.infer<typeof nodeRef>
