import { type Millis, parseCidr } from "../../core/index.ts"
import type { Block, Observed, Operation } from "../enforcer.ts"
import { type NftCommand, type NftObject, record } from "./json.ts"
import { type SetSpec, specOf } from "./table.ts"

/** An element as nft lists it: an address, `{prefix}`, `{range}`, or `{elem: {val, timeout, expires}}`. */
export type RawElement = unknown

// nft deletes from a set of intervals in time that grows with the set (4 ms each among 10,000); more are done by writing it anew.
const maxDeletions = 16
// The kernel takes no more seconds; it is 136 years.
const maxTimeoutSeconds = 4_294_967_295

/** What a transaction needs to know of the sets of prefixes; asked only when it is needed, since it takes a listing. */
export type ElementsOf = (set: string) => Promise<readonly RawElement[]>

/**
 * The commands for a batch, set by set: removals, new ends, additions, in this order. Adding an element that is there is no error and
 * changes nothing, so what is deleted is added first (it may just have expired), and an end is changed by deleting in between.
 */
export async function commandsFor(
  operations: readonly Operation[],
  { table, now, elementsOf }: Place,
): Promise<readonly NftCommand[]> {
  const bySet = new Map<string, { readonly set: SetSpec; readonly own: Operation[] }>()
  for (const operation of operations) {
    const set = specOf(operation.block)
    const known = bySet.get(set.name)
    if (known === undefined) bySet.set(set.name, { set, own: [operation] })
    else known.own.push(operation)
  }
  const perSet = await Promise.all(
    [...bySet.values()].map(({ set, own }) => ofOneSet(own, set, { table, now, elementsOf })),
  )
  return [...perSet.flatMap(({ removals }) => removals), ...perSet.flatMap(({ additions }) => additions)]
}

interface Place {
  readonly table: string
  readonly now: Millis
  readonly elementsOf: ElementsOf
}

interface InOrder {
  readonly removals: readonly NftCommand[]
  readonly additions: readonly NftCommand[]
}

async function ofOneSet(own: readonly Operation[], set: SetSpec, place: Place): Promise<InOrder> {
  const named = { family: "inet", table: place.table, name: set.name }
  const command = (verb: "add" | "delete", elem: readonly unknown[]): readonly NftCommand[] =>
    elem.length === 0 ? [] : [{ [verb]: { element: { ...named, elem } } }]
  const deleted = own.filter(({ kind }) => kind !== "add")
  const added = own.flatMap((operation) =>
    operation.kind === "remove" ? [] : [elementOf(operation.block, set, place.now)],
  )
  if (set.prefixes && (deleted.length > maxDeletions || makesRoom(own))) {
    const touched = new Set<string>(own.map(({ block }) => block.target))
    const kept = (await place.elementsOf(set.name)).filter((raw) => !touched.has(targetOf(raw) ?? ""))
    return { removals: [{ flush: { set: named } }], additions: command("add", [...kept.map(again), ...added]) }
  }
  const bare = deleted.map(({ block }) => bareOf(block, set))
  return { removals: [...command("add", bare), ...command("delete", bare)], additions: command("add", added) }
}

/** nft holds an interval against those that the same transaction deletes too, and refuses what overlaps with them. */
function makesRoom(own: readonly Operation[]): boolean {
  return own.some(({ kind }) => kind === "remove") && own.some(({ kind }) => kind === "add")
}

/** Deletes one element and nothing else: fails when it is not there. */
export function deletion(block: Omit<Block, "expiresAt">, table: string): readonly NftCommand[] {
  const set = specOf(block)
  return [{ delete: { element: { family: "inet", table, name: set.name, elem: [bareOf(block, set)] } } }]
}

/** The elements that we could have written; what else someone put into our sets is left alone. */
export function blocksIn(
  elements: readonly RawElement[],
  { direction, grade }: SetSpec,
  now: Millis,
): readonly Observed[] {
  const kind = grade === null ? { direction } : { direction, action: "limit" as const, rate: grade }
  return elements.flatMap((raw) => {
    const target = parseCidr(targetOf(raw) ?? "")
    if (target === undefined) return []
    const { expires, counter } = record(record(raw).elem)
    // Printed in whole seconds, rounded down.
    const expiresAt = typeof expires === "number" ? now + expires * 1000 + 500 : null
    return [{ target, ...kind, expiresAt, ...refusedIn(counter) }]
  })
}

/** Not told by every version of nft for every set. */
function refusedIn(counter: unknown): Pick<Observed, "refused"> {
  const { packets, bytes } = record(counter)
  return typeof packets === "number" && typeof bytes === "number" ? { refused: { packets, bytes } } : {}
}

/** A listed element, to be written again; its end is rounded up, so that it never comes early. */
export function again(raw: RawElement): unknown {
  const { elem } = record(raw)
  if (elem === undefined) return raw
  const { val, expires } = record(elem)
  return typeof expires === "number" ? { elem: { val, timeout: expires + 1 } } : { elem: { val } }
}

function elementOf(block: Block, set: SetSpec, now: Millis): NftObject {
  const val = bareOf(block, set)
  if (block.expiresAt === null) return { elem: { val } }
  const seconds = Math.ceil((block.expiresAt - now) / 1000)
  return { elem: { val, timeout: Math.min(maxTimeoutSeconds, Math.max(1, seconds)) } }
}

function bareOf({ target }: Pick<Block, "target">, { prefixes }: SetSpec): unknown {
  const [addr = "", length = ""] = target.split("/")
  return prefixes ? { prefix: { addr, len: Number(length) } } : addr
}

/** `address/length` as written; undefined for ranges and the like. */
function targetOf(raw: RawElement): string | undefined {
  const { elem } = record(raw)
  const val = elem === undefined ? raw : record(elem).val
  if (typeof val === "string") return parseCidr(val)
  const { addr, len } = record(record(val).prefix)
  return typeof addr === "string" && typeof len === "number" ? parseCidr(`${addr}/${len}`) : undefined
}
