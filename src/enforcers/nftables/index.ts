import { type Clock, messageOf } from "../../core/index.ts"
import type { Enforcer, Operation, OperationResult } from "../enforcer.ts"
import { createNft, type Nft } from "./nft.ts"
import { commandsOf, readTable, skeleton, type Table } from "./ruleset.ts"

export interface NftablesOptions {
  /** Ours alone; nothing else is touched. */
  readonly table?: string
  /** The network namespace to work in; null: this one. */
  readonly netns?: string | null
  readonly maxElements?: number
}

// Some 10 MB of JSON; one transaction of it takes a few hundred milliseconds.
const operationsPerTransaction = 20_000

/** Drops addresses in the kernel, each with its own timeout there, so that a block ends even when Thwart is gone. */
export function createNftablesEnforcer(
  { clock, nft }: { readonly clock: Clock; readonly nft?: Nft },
  options: NftablesOptions = {},
): Enforcer {
  const table: Table = { name: options.table ?? "thwart", size: options.maxElements ?? 131_072 }
  const run = nft ?? createNft(options.netns ?? null)

  const list = async (signal: AbortSignal) => {
    try {
      return readTable(JSON.parse(await run(["-j", "list", "table", "inet", table.name], "", signal)), clock.now())
    } catch (error) {
      if (/No such file or directory/.test(messageOf(error))) return { intact: false, blocks: [] }
      throw error
    }
  }
  const commit = (operations: readonly Operation[], signal: AbortSignal) =>
    run(
      ["-j", "-f", "-"],
      JSON.stringify({ nftables: operations.flatMap((operation) => commandsOf(operation, table.name, clock.now())) }),
      signal,
    )

  /** All in one transaction; where that fails, halves, so that a bad entry holds up no other. */
  const applyAll = async (
    operations: readonly Operation[],
    signal: AbortSignal,
  ): Promise<readonly OperationResult[]> => {
    if (operations.length === 0) return []
    try {
      await commit(operations, signal)
      return operations.map(() => ({ kind: "applied" }))
    } catch (error) {
      if (signal.aborted || /can't be started|not permitted|must be root/i.test(messageOf(error))) throw error
      if (operations.length === 1) return [failureOf(messageOf(error), table)]
      const half = Math.ceil(operations.length / 2)
      return [
        ...(await applyAll(operations.slice(0, half), signal)),
        ...(await applyAll(operations.slice(half), signal)),
      ]
    }
  }

  return {
    id: "nftables",
    summary: "Drop addresses in the host's firewall (nftables)",
    timeouts: "in-target",
    toleranceMs: 2500,
    observe: async (signal) => (await list(signal)).blocks,
    apply: async (operations, signal) => {
      if (!(await list(signal)).intact)
        await run(["-j", "-f", "-"], JSON.stringify({ nftables: skeleton(table) }), signal)
      const results: OperationResult[] = []
      for (let start = 0; start < operations.length; start += operationsPerTransaction) {
        results.push(...(await applyAll(operations.slice(start, start + operationsPerTransaction), signal)))
      }
      return results
    },
    teardown: async (signal) => {
      // Adding first makes the deletion of a table that is not there succeed.
      const named = { table: { family: "inet", name: table.name } }
      await run(["-j", "-f", "-"], JSON.stringify({ nftables: [{ add: named }, { delete: named }] }), signal)
    },
    close: async () => undefined,
  }
}

function failureOf(message: string, { size }: Table): OperationResult {
  // The kernel's answer to a full set is ENFILE (nft_set_elem add, uapi errno 23).
  return /Too many open files/.test(message)
    ? { kind: "not-enforced", reason: `the set is full (${size} elements)` }
    : { kind: "failed", reason: message }
}
