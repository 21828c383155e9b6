import { type Direction, familyOf } from "../../core/index.ts"
import type { Block } from "../enforcer.ts"
import { list, type NftCommand, type NftObject, record } from "./json.ts"

/** Ours alone: nobody else writes into a table of this name. */
export interface Table {
  readonly name: string
  /** Entries of each set; the kernel reserves nothing for those that are not there. */
  readonly size: number
}

export interface SetSpec {
  readonly name: string
  readonly family: 4 | 6
  readonly direction: Direction
  /** Prefixes stand in sets of intervals, apart from single addresses, which are found by hash and never overlap with them. */
  readonly prefixes: boolean
}

export const sets: readonly SetSpec[] = (["inbound", "outbound"] as const).flatMap((direction) =>
  ([4, 6] as const).flatMap((family) =>
    [false, true].map((prefixes) => ({ name: nameOf(direction, family, prefixes), family, direction, prefixes })),
  ),
)

export function setOf({ target, direction }: Pick<Block, "target" | "direction">): string {
  const family = familyOf(target)
  return nameOf(direction, family, !target.endsWith(family === 4 ? "/32" : "/128"))
}

function nameOf(direction: Direction, family: 4 | 6, prefixes: boolean): string {
  return `${direction}${family}${prefixes ? "_prefixes" : ""}`
}

interface ChainSpec {
  readonly name: string
  readonly hook: string
  readonly direction: Direction
}

// Both ways before connection tracking, so that established connections are cut too, and a flood costs no state.
const chains: readonly ChainSpec[] = [
  { name: "inbound", hook: "prerouting", direction: "inbound" },
  { name: "outbound_local", hook: "output", direction: "outbound" },
  { name: "outbound_forwarded", hook: "forward", direction: "outbound" },
]
// Before raw (-300), where others may exempt traffic from connection tracking, and behind defragmentation (-400).
const priority = -310

/** Makes the whole table; sets and counters that are there stay as they are. */
export function skeleton(table: Table): readonly NftCommand[] {
  const of = { family: "inet", table: table.name }
  return [
    { add: { table: { family: "inet", name: table.name } } },
    ...sets.map((set) => ({ add: { set: { ...of, name: set.name, ...shapeOf(set, table) } } })),
    ...sets.map(({ name }) => ({ add: { counter: { ...of, name } } })),
    ...chains.flatMap((chain) => [
      { add: { chain: { ...of, name: chain.name, ...hookOf(chain) } } },
      ...rulesOf(chain).map((set) => ({ add: { rule: { ...of, chain: chain.name, expr: dropIfIn(set) } } })),
    ]),
  ]
}

/** Takes the table away, whether it is there or not. */
export function removal({ name }: Table): readonly NftCommand[] {
  const table = { family: "inet", name }
  return [{ add: { table } }, { delete: { table } }]
}

/** True when everything is there and works: a set of another make, a rule more or less, or a table put to sleep would let traffic pass. */
export function isIntact(objects: readonly NftObject[], table: Table): boolean {
  const named = (kind: string, name: string) =>
    objects.map((object) => record(object[kind])).find((object) => object.name === name)
  const awake = named("table", table.name)?.flags === undefined
  const complete = sets.every((set) => {
    const there = named("set", set.name)
    return there !== undefined && named("counter", set.name) !== undefined && agrees(there, shapeOf(set, table))
  })
  return awake && complete && chains.every((chain) => isChainIntact(chain, named("chain", chain.name), objects))
}

function isChainIntact(chain: ChainSpec, there: NftObject | undefined, objects: readonly NftObject[]): boolean {
  if (there === undefined || !agrees(there, hookOf(chain))) return false
  const rules = objects.map((object) => record(object.rule)).filter((rule) => rule.chain === chain.name)
  return same(
    rules.map(({ expr }) => list(expr).map(withoutDetail)),
    rulesOf(chain).map((set) => dropIfIn(set)),
  )
}

/** Older versions of nft print more than what was written, such as a `base`. */
function withoutDetail(part: NftObject): NftObject {
  if (part.match === undefined) return part
  const { op, left, right } = record(part.match)
  return { match: { op, left, right } }
}

function rulesOf({ direction }: ChainSpec): readonly SetSpec[] {
  return sets.filter((set) => set.direction === direction)
}

function hookOf({ hook }: ChainSpec): NftObject {
  return { type: "filter", hook, prio: priority, policy: "accept" }
}

function shapeOf({ family, prefixes }: SetSpec, { size }: Table): NftObject {
  return {
    type: `ipv${family}_addr`,
    flags: prefixes ? ["interval", "timeout"] : ["timeout"],
    // Older kernels count both ends of an interval.
    size: prefixes ? size * 2 : size,
  }
}

function dropIfIn({ name, family, direction }: SetSpec): readonly NftCommand[] {
  const field = direction === "inbound" ? "saddr" : "daddr"
  const left = { payload: { protocol: family === 4 ? "ip" : "ip6", field } }
  return [{ match: { op: "==", left, right: `@${name}` } }, { counter: name }, { drop: null }]
}

function agrees(there: NftObject, wanted: NftObject): boolean {
  return Object.keys(wanted).every((key) => same(there[key], wanted[key]))
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
