import { type Clock, messageOf, parseCidr } from "../../core/index.ts"
import type { Block, Enforcer, Observed, Operation, OperationResult, Pool, Preview } from "../enforcer.ts"
import { again, blocksIn, commandsFor, deletion, type RawElement } from "./elements.ts"
import { list, type NftCommand, type NftObject, objectsIn, record } from "./json.ts"
import { createNft, isHopeless, type Nft } from "./nft.ts"
import { isIntact, removal, setOf, sets, skeleton, type Table } from "./table.ts"
import { commandText } from "./words.ts"

export interface NftablesOptions {
  /** Ours alone; nothing else is touched. */
  readonly table?: string
  /** The network namespace to work in; null: this one. */
  readonly netns?: string | null
  /** Entries of each set (IPv4 and IPv6, addresses and prefixes, in and out). */
  readonly maxElements?: number
}

// Some 3 MB of JSON, which nft works off in a tenth of a second.
const operationsPerTransaction = 20_000
// Bad entries are found by halving; beyond this many tries in one call the rest is called failed, and tried again at the next.
const maxTransactions = 300

/** Drops addresses in the kernel, each with its own timeout there, so that a block ends even when Thwart is gone. */
export function createNftablesEnforcer(
  { clock, nft }: { readonly clock: Clock; readonly nft?: Nft },
  options: NftablesOptions = {},
): Enforcer {
  const table: Table = { name: options.table ?? "thwart", size: options.maxElements ?? 131_072 }
  const run = nft ?? createNft(options.netns ?? null)

  const commit = (commands: readonly NftCommand[], signal: AbortSignal) =>
    run(["-j", "-f", "-"], JSON.stringify({ nftables: commands }), signal)

  /** Empty when there is no such table. */
  const read = async (args: readonly string[], signal: AbortSignal): Promise<readonly NftObject[]> => {
    try {
      return objectsIn(await run([...args, "inet", table.name], "", signal))
    } catch (error) {
      if (/No such file or directory/.test(messageOf(error)) && !isHopeless(messageOf(error))) return []
      throw error
    }
  }
  const elementsIn = (objects: readonly NftObject[], name: string): readonly RawElement[] => {
    const { elem } = objects.map(({ set }) => record(set)).find((set) => set.name === name) ?? {}
    return Array.isArray(elem) ? elem : []
  }

  /** Makes the table when it is missing or not as it should be; what it holds is carried over in the same transaction. */
  const ensure = async (signal: AbortSignal) => {
    if (isIntact(await read(["-j", "-t", "list", "table"], signal), table)) return
    const objects = await read(["-j", "list", "table"], signal)
    const carried = sets.flatMap(({ name, prefixes }) => {
      const elements = elementsIn(objects, name).filter((raw) => isPrefix(raw) === prefixes)
      if (elements.length === 0) return []
      return [{ add: { element: { family: "inet", table: table.name, name, elem: elements.map(again) } } }]
    })
    const made = [...removal(table), ...skeleton(table)]
    try {
      await commit([...made, ...carried], signal)
    } catch (error) {
      if (carried.length === 0 || isHopeless(messageOf(error))) throw error
      await commit(made, signal) // What stood there was not of our making; the reconciler fills the table anew.
    }
  }

  const commitOperations = async (operations: readonly Operation[], signal: AbortSignal) => {
    const elementsOf = async (set: string) =>
      elementsIn(objectsIn(await run(["-j", "list", "set", "inet", table.name, set], "", signal)), set)
    await commit(await commandsFor(operations, { table: table.name, now: clock.now(), elementsOf }), signal)
  }

  const preview = async (operations: readonly Operation[], signal: AbortSignal): Promise<Preview> => {
    const objects = await read(["-j", "list", "table"], signal)
    const intact = isIntact(objects, table)
    const elementsOf = async (set: string) => elementsIn(objects, set)
    const commands = await commandsFor(operations, { table: table.name, now: clock.now(), elementsOf })
    const calls = commands.map((command) => ({ call: commandText(command), body: command }))
    const making = `the table inet ${table.name} with its sets and rules is made first`
    return { calls, note: `one transaction (nft -j -f -)${intact ? "" : `; ${making}`}` }
  }

  /** One operation that failed in its transaction. */
  const diagnose = async (operation: Operation, message: string, signal: AbortSignal): Promise<OperationResult> => {
    if (operation.kind !== "remove") return failureOf(message, table, operation)
    try {
      await commit(deletion(operation.block, table.name), signal)
      return { kind: "applied" }
    } catch (error) {
      const said = messageOf(error)
      return /No such file|does not exist/.test(said) ? { kind: "already" } : { kind: "failed", reason: said }
    }
  }

  /** All in one transaction; where that fails, halves, so that a bad entry holds up no other. */
  const applyAll = async (
    operations: readonly Operation[],
    budget: { left: number; readonly full: Set<string> },
    signal: AbortSignal,
  ): Promise<readonly OperationResult[]> => {
    const [first] = operations
    if (first === undefined) return []
    if (operations.length === 1 && first.kind === "add" && budget.full.has(setOf(first.block)))
      return [fullOf(table, first)]
    if (budget.left-- <= 0)
      return operations.map(() => ({ kind: "failed", reason: "too many entries failed before it; it is tried again" }))
    try {
      await commitOperations(operations, signal)
      return operations.map(() => ({ kind: "applied" }))
    } catch (error) {
      if (signal.aborted || isHopeless(messageOf(error))) throw error
      if (operations.length === 1) {
        const result = await diagnose(first, messageOf(error), signal)
        if (result.kind === "not-enforced") budget.full.add(setOf(first.block))
        return [result]
      }
    }
    const half = Math.ceil(operations.length / 2)
    const before = await applyAll(operations.slice(0, half), budget, signal)
    return [...before, ...(await applyAll(operations.slice(half), budget, signal))]
  }

  const apply = async (operations: readonly Operation[], signal: AbortSignal): Promise<readonly OperationResult[]> => {
    await ensure(signal)
    // nft would ask the resolver about anything that is not an address.
    const sound = operations.filter(({ block }) => parseCidr(block.target) === block.target)
    const budget = { left: maxTransactions, full: new Set<string>() }
    const results = new Map<Operation, OperationResult>()
    for (let start = 0; start < sound.length; start += operationsPerTransaction) {
      const batch = sound.slice(start, start + operationsPerTransaction)
      const outcome = await applyAll(batch, budget, signal)
      for (const [index, operation] of batch.entries()) results.set(operation, outcome[index] ?? noAnswer)
    }
    return operations.map(
      (operation) =>
        results.get(operation) ?? { kind: "failed", reason: `"${operation.block.target}" is not a prefix` },
    )
  }

  return {
    id: "nftables",
    summary: "Drop addresses in the host's firewall (nftables)",
    timeouts: "in-target",
    // Timeouts are written and printed in whole seconds.
    toleranceMs: 2500,
    observe: async (signal): Promise<readonly Observed[]> => {
      const objects = await read(["-j", "list", "table"], signal)
      // Entries that no rule looks at block nobody; asking for them again repairs the rules.
      if (!isIntact(objects, table)) return []
      return sets.flatMap((set) => blocksIn(elementsIn(objects, set.name), set, clock.now()))
    },
    apply,
    preview,
    poolOf: (block): Pool => ({ name: setOf(block), size: table.size }),
    refused: async (signal) => {
      const objects = await read(["-j", "list", "counters", "table"], signal)
      const counters = list(objects.map(({ counter }) => counter).filter((counter) => counter !== undefined))
      const sum = (field: string) => counters.reduce((total, counter) => total + (Number(counter[field]) || 0), 0)
      return { packets: sum("packets"), bytes: sum("bytes") }
    },
    teardown: async (signal) => {
      await commit(removal(table), signal)
    },
    close: async () => undefined,
  }
}

const noAnswer: OperationResult = { kind: "failed", reason: "nft gave no answer" }

function failureOf(
  message: string,
  table: Table,
  { block }: { readonly block: Pick<Block, "target" | "direction"> },
): OperationResult {
  // The kernel's answer to a full set is ENFILE.
  return /Too many open files/.test(message) ? fullOf(table, { block }) : { kind: "failed", reason: message }
}

function fullOf({ size }: Table, { block }: { readonly block: Pick<Block, "target" | "direction"> }): OperationResult {
  return { kind: "not-enforced", reason: `capacity: ${setOf(block)} is full (${size} entries)` }
}

function isPrefix(raw: RawElement): boolean {
  const { elem } = record(raw)
  const val = elem === undefined ? raw : record(elem).val
  return typeof val !== "string"
}
