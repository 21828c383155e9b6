import type { Clock, Millis } from "../../src/core/index.ts"
import { type Block, keyOf, type Observed, type Operation, type OperationResult } from "../../src/enforcers/enforcer.ts"
import type { Target } from "./points.ts"

export type Trouble = "refuses" | "fails for some" | "fails after half"

/** What stands in a target, by the clock of who asks. */
export interface Standing {
  readonly key: string
  readonly endsAt: Millis | null
}

/** A target in memory that behaves as the kernel's does: it outlives whoever wrote to it, and its timeouts go by a clock of its own. */
export interface MemoryTarget extends Target {
  standing(): readonly Standing[]
  /** As somebody else who flushes the table. */
  flush(): void
  trouble: Trouble | null
}

export interface TargetDeps {
  /** Goes on evenly, whatever happens to the other. */
  readonly kernelClock: Clock
  readonly wallClock: Clock
  /** Told of every entry that ever stands. */
  readonly onStand: (block: Block) => void
}

export function createMemoryTarget({ kernelClock, wallClock, onStand }: TargetDeps): MemoryTarget {
  const entries = new Map<string, { readonly block: Block; readonly endsAt: Millis | null }>()

  const living = () => {
    for (const [key, { endsAt }] of entries) if (endsAt !== null && endsAt <= kernelClock.now()) entries.delete(key)
    return [...entries]
  }
  const byWall = (endsAt: Millis | null) =>
    endsAt === null ? null : wallClock.now() + Math.max(0, endsAt - kernelClock.now())
  const applyOne = (operation: Operation): OperationResult => {
    const key = keyOf(operation.block)
    if (operation.kind === "remove") return { kind: entries.delete(key) ? "applied" : "already" }
    const { block } = operation
    // As nft: a timeout is how long it still lasts.
    const endsAt = block.expiresAt === null ? null : kernelClock.now() + Math.max(0, block.expiresAt - wallClock.now())
    entries.set(key, { block, endsAt })
    onStand(block)
    return { kind: "applied" }
  }

  const target: MemoryTarget = {
    trouble: null,
    standing: () => living().map(([key, { endsAt }]) => ({ key, endsAt: byWall(endsAt) })),
    flush: () => entries.clear(),
    observe: async (): Promise<readonly Observed[]> => {
      if (target.trouble === "refuses") throw new Error("the target can't be read")
      return living().map(([, { block, endsAt }]) => ({ ...block, expiresAt: byWall(endsAt) }))
    },
    apply: async (operations) => {
      if (target.trouble === "refuses") throw new Error("the target can't be written")
      living()
      return operations.map((operation, index) => {
        if (target.trouble === "fails for some" && index % 2 === 0) return { kind: "failed", reason: "not this one" }
        if (target.trouble === "fails after half" && index * 2 >= operations.length)
          throw new Error("the target broke off in between")
        return applyOne(operation)
      })
    },
  }
  return target
}
