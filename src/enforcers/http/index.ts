import { type Cidr, type Clock, familyOf, type IpAddress, lengthOf, type Millis, prefix } from "../../core/index.ts"
import type { Block, Enforcer, Operation, OperationResult } from "../enforcer.ts"

export interface HttpEnforcer extends Enforcer {
  /** The block that holds this address now, in constant time whatever their number. */
  blockOf(address: IpAddress): Block | undefined
}

export interface HttpEnforcerOptions {
  /** Entries beyond this are not enforced; 100,000 take some 30 MB. */
  readonly maxEntries?: number
}

/** The block list that HTTP guards in this process ask. It is empty after a restart, until the reconciler fills it again. */
export function createHttpEnforcer(
  { clock }: { readonly clock: Clock },
  { maxEntries = 100_000 }: HttpEnforcerOptions = {},
): HttpEnforcer {
  const blocks = new Map<Cidr, Block>()
  // How many prefixes of each length there are, by family: only these lengths are looked up.
  const lengths = { 4: new Map<number, number>(), 6: new Map<number, number>() }

  const count = (target: Cidr, by: number) => {
    const ofFamily = lengths[familyOf(target)]
    const left = (ofFamily.get(lengthOf(target)) ?? 0) + by
    if (left > 0) ofFamily.set(lengthOf(target), left)
    else ofFamily.delete(lengthOf(target))
  }
  const isOver = ({ expiresAt }: Block) => expiresAt !== null && expiresAt <= clock.now()
  const sweep = () => {
    for (const [target, block] of blocks) if (isOver(block) && blocks.delete(target)) count(target, -1)
  }

  const apply = (operation: Operation): OperationResult => {
    const { block } = operation
    if (block.direction === "outbound")
      return { kind: "not-enforced", reason: "the HTTP guard sees inbound requests alone" }
    const known = blocks.get(block.target)
    if (operation.kind === "remove") {
      if (known === undefined) return { kind: "already" }
      blocks.delete(block.target)
      count(block.target, -1)
      return { kind: "applied" }
    }
    if (known === undefined && blocks.size >= maxEntries)
      return { kind: "not-enforced", reason: `the list is full (${maxEntries} entries)` }
    if (known !== undefined && known.expiresAt === operation.block.expiresAt) return { kind: "already" }
    blocks.set(block.target, operation.block)
    if (known === undefined) count(block.target, 1)
    return { kind: "applied" }
  }

  return {
    id: "http",
    summary: "Refuse addresses in the HTTP guards of this process",
    timeouts: "by-thwart",
    toleranceMs: 0 satisfies Millis,
    observe: async () => {
      sweep()
      return [...blocks.values()]
    },
    apply: async (operations) => operations.map(apply),
    teardown: async () => {
      blocks.clear()
      lengths[4].clear()
      lengths[6].clear()
    },
    close: async () => undefined,
    blockOf: (address) => {
      if (blocks.size === 0) return undefined
      for (const length of lengths[familyOf(address)].keys()) {
        const block = blocks.get(prefix(`${address}/${length}`))
        if (block !== undefined && !isOver(block)) return block
      }
      return undefined
    },
  }
}
