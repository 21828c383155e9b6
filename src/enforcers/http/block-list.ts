import { type Clock, familyOf, type IpAddress, lengthOf, prefix } from "../../core/index.ts"
import type { Block, Enforcer, Operation, OperationResult } from "../enforcer.ts"

export interface HttpEnforcer extends Enforcer {
  /** The block that holds this address now; as fast with 100,000 entries as with one. */
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
  const blocks = new Map<string, Block>()
  // How many prefixes of each length there are, by family: only these lengths are looked up.
  const lengths = { 4: new Map<number, number>(), 6: new Map<number, number>() }

  const count = ({ target }: Pick<Block, "target">, by: 1 | -1) => {
    const ofFamily = lengths[familyOf(target)]
    const left = (ofFamily.get(lengthOf(target)) ?? 0) + by
    if (left > 0) ofFamily.set(lengthOf(target), left)
    else ofFamily.delete(lengthOf(target))
  }
  const put = (block: Block) => {
    if (!blocks.has(block.target)) count(block, 1)
    blocks.set(block.target, block)
  }
  const drop = (block: Pick<Block, "target">) => {
    if (blocks.delete(block.target)) count(block, -1)
  }
  const isOver = ({ expiresAt }: Block) => expiresAt !== null && expiresAt <= clock.now()
  const sweep = () => {
    for (const block of [...blocks.values()]) if (isOver(block)) drop(block)
  }
  const inForce = (key: string) => {
    const block = blocks.get(key)
    return block === undefined || isOver(block) ? undefined : block
  }

  const apply = (operation: Operation): OperationResult => {
    const { block } = operation
    const known = blocks.get(block.target)
    if (operation.kind === "remove") {
      if (known === undefined || block.direction === "outbound") return { kind: "already" }
      drop(block)
      return { kind: "applied" }
    }
    if (block.direction === "outbound")
      return { kind: "not-enforced", reason: "the HTTP guard refuses inbound requests only" }
    if (known !== undefined && known.expiresAt === operation.block.expiresAt) return { kind: "already" }
    if (known === undefined && blocks.size >= maxEntries) {
      sweep()
      if (blocks.size >= maxEntries)
        return { kind: "not-enforced", reason: `capacity: the list is full (${maxEntries} entries)` }
    }
    put(operation.block)
    return { kind: "applied" }
  }
  const attempt = (operation: Operation): OperationResult => {
    try {
      // Only what is an address can be counted by its length.
      return prefix(operation.block.target) === operation.block.target
        ? apply(operation)
        : { kind: "failed", reason: `"${operation.block.target}" has bits set behind its length` }
    } catch (error) {
      return { kind: "failed", reason: error instanceof Error ? error.message : String(error) }
    }
  }

  return {
    id: "http",
    summary: "Refuse addresses in the HTTP guards of this process",
    timeouts: "by-thwart",
    toleranceMs: 0,
    observe: async () => {
      sweep()
      return [...blocks.values()]
    },
    apply: async (operations) => operations.map(attempt),
    poolOf: ({ direction }) => ({ name: `the list (${direction})`, size: maxEntries }),
    teardown: async () => {
      blocks.clear()
      for (const ofFamily of [lengths[4], lengths[6]]) ofFamily.clear()
    },
    close: async () => undefined,
    blockOf: (address) => {
      if (blocks.size === 0) return undefined
      const family = familyOf(address)
      const single = family === 4 ? 32 : 128
      const block = inForce(`${address}/${single}`)
      if (block !== undefined) return block
      for (const length of lengths[family].keys()) {
        const wider = length === single ? undefined : inForce(prefix(`${address}/${length}`))
        if (wider !== undefined) return wider
      }
      return undefined
    },
  }
}
