import { type Clock, messageOf, parseCidr } from "../../core/index.ts"
import type { Enforcer, Observed, Operation, OperationResult, Pool } from "../enforcer.ts"
import { countersIn } from "./counters.ts"
import { blocksIn, commandsFor, deletion } from "./elements.ts"
import { list, type NftCommand, type NftObject, objectsIn, record } from "./json.ts"
import { createNft, isHopeless, type Nft } from "./nft.ts"
import { createStructure, elementsIn } from "./structure.ts"
import { gradeName, gradesIn, isIntact, removal, type SetSpec, setOf, setsOf, specOf, type Table } from "./table.ts"

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

  /** nft 1.0.6 breaks off in a table that somebody put to sleep, since it reads the names of its flags from anywhere. */
  const setsAlone = async (signal: AbortSignal) => {
    const list = ({ name }: SetSpec) => run(["-j", "list", "set", "inet", table.name, name], "", signal)
    return (await Promise.all(setsOf(null).map(list))).flatMap(objectsIn)
  }
  /** Empty when there is no such table. */
  const read = async (args: readonly string[], signal: AbortSignal): Promise<readonly NftObject[]> => {
    try {
      return objectsIn(await run([...args, "inet", table.name], "", signal))
    } catch (error) {
      if (error instanceof SyntaxError) return setsAlone(signal)
      if (/No such file or directory/.test(messageOf(error)) && !isHopeless(messageOf(error))) return []
      throw error
    }
  }
  /**
   * Everything but the elements. Of one table alone, nft 1.0.6 fetches the elements all the same (half a second of CPU time for
   * 100,000), of the whole ruleset it does not.
   */
  const outline = async (signal: AbortSignal) => {
    try {
      return objectsIn(await run(["-j", "-t", "list", "ruleset", "inet"], "", signal)).filter((object) =>
        belongsTo(object, table.name),
      )
    } catch (error) {
      // A foreign table that nft can't print as JSON.
      if (error instanceof SyntaxError) return read(["-j", "-t", "list", "table"], signal)
      throw error
    }
  }
  /** With the counters that nft tells as text only. */
  const counted = async (set: SetSpec, found: readonly Observed[], signal: AbortSignal) => {
    if (set.grade === null || found.length === 0) return found
    const counters = countersIn(await run(["list", "set", "inet", table.name, set.name], "", signal))
    return found.map((block) => {
      const refused = counters.get(block.target) ?? block.refused
      return refused === undefined ? block : { ...block, refused }
    })
  }
  const structure = createStructure(table, { clock, commit, read, outline })

  const commitOperations = async (operations: readonly Operation[], signal: AbortSignal) => {
    const elementsOf = async (set: string) =>
      elementsIn(objectsIn(await run(["-j", "list", "set", "inet", table.name, set], "", signal)), set)
    await commit(await commandsFor(operations, { table: table.name, now: clock.now(), elementsOf }), signal)
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

  /** Undefined when it fails, perhaps because the table is not as it was left. */
  const atOnce = async (operations: readonly Operation[], signal: AbortSignal) => {
    try {
      await commitOperations(operations, signal)
      return operations.map((): OperationResult => ({ kind: "applied" }))
    } catch (error) {
      if (signal.aborted || isHopeless(messageOf(error))) throw error
      structure.seen(undefined)
      await structure.ensure(operations, signal)
      return undefined
    }
  }

  const apply = async (operations: readonly Operation[], signal: AbortSignal): Promise<readonly OperationResult[]> => {
    const results = new Map<Operation, OperationResult>()
    // nft would ask the resolver about anything that is not an address.
    const sound = operations.filter(({ block }) => parseCidr(block.target) === block.target)
    const isAssumed = structure.isAssumed(sound)
    const grades = await structure.ensure(sound, signal)
    const possible = sound.filter((operation) => {
      if (grades.has(gradeName(operation.block.rate ?? null))) return true
      results.set(operation, operation.kind === "remove" ? { kind: "already" } : tooManyRates)
      return false
    })
    const budget = { left: maxTransactions, full: new Set<string>() }
    for (const batch of batchesOf(possible)) {
      const outcome = (isAssumed ? await atOnce(batch, signal) : undefined) ?? (await applyAll(batch, budget, signal))
      for (const [index, operation] of batch.entries()) results.set(operation, outcome[index] ?? noAnswer)
    }
    return operations.map(
      (operation) =>
        results.get(operation) ?? { kind: "failed", reason: `"${operation.block.target}" is not a prefix` },
    )
  }

  return {
    id: "nftables",
    summary: "Drop or limit addresses in the host's firewall (nftables)",
    timeouts: "in-target",
    // Timeouts are written and printed in whole seconds.
    toleranceMs: 2500,
    does: ["block", "limit"],
    observe: async (signal): Promise<readonly Observed[]> => {
      const objects = await read(["-j", "list", "table"], signal)
      // Entries that no rule looks at block nobody; asking for them again repairs the rules.
      const intact = isIntact(objects, table)
      structure.seen(intact ? gradesIn(objects) : undefined)
      if (!intact) return []
      const now = clock.now()
      const blocks = gradesIn(objects)
        .flatMap(setsOf)
        .map((set) => ({ set, found: blocksIn(elementsIn(objects, set.name), set, now) }))
      return (await Promise.all(blocks.map(({ set, found }) => counted(set, found, signal)))).flat()
    },
    apply,
    poolOf: (block): Pool => ({ name: setOf(block), size: table.size }),
    refused: async (signal) => {
      const objects = await outline(signal)
      const counters = list(objects.map(({ counter }) => counter).filter((counter) => counter !== undefined))
      const sum = (field: string) => counters.reduce((total, counter) => total + (Number(counter[field]) || 0), 0)
      return { packets: sum("packets"), bytes: sum("bytes") }
    },
    teardown: async (signal) => {
      structure.seen(undefined)
      await commit(removal(table), signal)
    },
    close: async () => undefined,
  }
}

/**
 * One transaction, unless there are very many. Then all that concerns prefixes is one: what makes room for others that lie in it must
 * not leave a gap between the two. Single addresses stand for themselves.
 */
function batchesOf(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  if (operations.length <= operationsPerTransaction) return operations.length === 0 ? [] : [operations]
  const prefixes = operations.filter(({ block }) => specOf(block).prefixes)
  const singles = operations.filter(({ block }) => !specOf(block).prefixes)
  const batches = prefixes.length === 0 ? [] : [prefixes]
  for (let start = 0; start < singles.length; start += operationsPerTransaction)
    batches.push(singles.slice(start, start + operationsPerTransaction))
  return batches
}

const tooManyRates: OperationResult = {
  kind: "not-enforced",
  reason: "capacity: too many different rates (16) are in use",
}
const noAnswer: OperationResult = { kind: "failed", reason: "nft gave no answer" }

function belongsTo(object: NftObject, table: string): boolean {
  return Object.entries(object).some(([kind, of]) => record(of)[kind === "table" ? "name" : "table"] === table)
}

function failureOf(message: string, table: Table, { block }: Pick<Operation, "block">): OperationResult {
  // The kernel's answer to a full set is ENFILE.
  return /Too many open files/.test(message) ? fullOf(table, { block }) : { kind: "failed", reason: message }
}

function fullOf({ size }: Table, { block }: Pick<Operation, "block">): OperationResult {
  return { kind: "not-enforced", reason: `capacity: ${setOf(block)} is full (${size} entries)` }
}
