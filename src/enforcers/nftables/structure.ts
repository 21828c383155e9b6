import { type Clock, type Millis, messageOf } from "../../core/index.ts"
import type { Operation } from "../enforcer.ts"
import { again, type RawElement } from "./elements.ts"
import { type NftCommand, type NftObject, record } from "./json.ts"
import { isHopeless } from "./nft.ts"
import { type Grade, gradeName, gradesIn, isIntact, removal, setsOf, skeleton, specOf, type Table } from "./table.ts"

/** How the table is read and written. */
export interface TableAccess {
  readonly clock: Clock
  readonly commit: (commands: readonly NftCommand[], signal: AbortSignal) => Promise<unknown>
  /** Empty when there is no such table. */
  readonly read: (args: readonly string[], signal: AbortSignal) => Promise<readonly NftObject[]>
  /** What stands in our table but for the elements. */
  readonly outline: (signal: AbortSignal) => Promise<readonly NftObject[]>
}

// Each rate is three chains that every packet passes; policies have a few.
const maxGrades = 17

/** The table's own make, which is looked at only when it is in doubt: a call of nft takes longer than the change itself. */
export interface Structure {
  /** Makes what is missing for these operations, and gives the names of the grades that are there then. */
  ensure(operations: readonly Operation[], signal: AbortSignal): Promise<ReadonlySet<string>>
  /** True when nobody looked whether it is as it was left. */
  isAssumed(operations: readonly Operation[]): boolean
  /** What somebody saw: the grades of a table that is intact, or undefined. */
  seen(grades: readonly Grade[] | undefined): void
}

// As often as the reconciler reads the target itself.
const trustedMs: Millis = 10_000

export function createStructure(table: Table, { clock, commit, read, outline }: TableAccess): Structure {
  let known: { readonly names: ReadonlySet<string>; readonly at: Millis } | undefined

  const seen = (grades: readonly Grade[] | undefined) => {
    known = grades && { names: new Set(grades.map(gradeName)), at: clock.now() }
  }
  const isAssumed = (operations: readonly Operation[]) =>
    known !== undefined &&
    Math.abs(clock.now() - known.at) < trustedMs &&
    gradesOf(operations).every((grade) => known?.names.has(gradeName(grade)))

  /** The whole table made anew, with what it held, in one transaction; rates that nothing stands behind go. */
  const rebuild = async (needed: readonly Grade[], signal: AbortSignal) => {
    const objects = await read(["-j", "list", "table"], signal)
    const held = (grade: Grade) =>
      setsOf(grade).flatMap(({ name, prefixes }) => {
        const elements = elementsIn(objects, name).filter((raw) => isPrefix(raw) === prefixes)
        if (elements.length === 0) return []
        return [{ add: { element: { family: "inet", table: table.name, name, elem: elements.map(again) } } }]
      })
    const kept = gradesIn(objects).filter((grade) => grade === null || held(grade).length > 0)
    const grades = union(kept, needed).slice(0, maxGrades)
    const carried = grades.flatMap(held)
    const made = [...removal(table), ...skeleton(table, grades)]
    try {
      await commit([...made, ...carried], signal)
    } catch (error) {
      if (carried.length === 0 || isHopeless(messageOf(error))) throw error
      await commit(made, signal) // What stood there was not of our making; the reconciler fills the table anew.
    }
    return grades
  }

  const look = async (operations: readonly Operation[], signal: AbortSignal) => {
    const needed = gradesOf(operations)
    const objects = await outline(signal)
    const present = gradesIn(objects)
    const all = union(present, needed)
    let there = all
    if (!isIntact(objects, table) || all.length > maxGrades) there = await rebuild(needed, signal)
    else if (all.length > present.length) await commit(skeleton(table, all.slice(present.length)), signal)
    seen(there)
    return new Set(there.map(gradeName))
  }

  return {
    ensure: async (operations, signal) =>
      known !== undefined && isAssumed(operations) ? known.names : look(operations, signal),
    isAssumed,
    seen,
  }
}

export function elementsIn(objects: readonly NftObject[], name: string): readonly RawElement[] {
  const { elem } = objects.map(({ set }) => record(set)).find((set) => set.name === name) ?? {}
  return Array.isArray(elem) ? elem : []
}

function gradesOf(operations: readonly Operation[]): readonly Grade[] {
  return operations.flatMap(({ kind, block }) => (kind === "remove" ? [] : [specOf(block).grade]))
}

/** Each once, the first ones first. */
function union(one: readonly Grade[], other: readonly Grade[]): readonly Grade[] {
  return [...new Map([...one, ...other].map((grade) => [gradeName(grade), grade])).values()]
}

function isPrefix(raw: RawElement): boolean {
  const { elem } = record(raw)
  const val = elem === undefined ? raw : record(elem).val
  return typeof val !== "string"
}
