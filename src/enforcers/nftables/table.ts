import { type Direction, familyOf, type Rate, rateUnits } from "../../core/index.ts"
import type { Block } from "../enforcer.ts"
import { list, type NftCommand, type NftObject, record } from "./json.ts"

/** Ours alone: nobody else writes into a table of this name. */
export interface Table {
  readonly name: string
  /** Entries of each set; the kernel reserves nothing for those that are not there. */
  readonly size: number
}

/** What is done to what stands in a set: all of it is dropped (null), or what is beyond a rate. Each has sets and chains of its own. */
export type Grade = Rate | null

export interface SetSpec {
  readonly name: string
  readonly family: 4 | 6
  readonly direction: Direction
  /** Prefixes stand in sets of intervals, apart from single addresses, which are found by hash and never overlap with them. */
  readonly prefixes: boolean
  readonly grade: Grade
}

type Place = Omit<Block, "expiresAt">

/** The set that a block stands in. */
export function specOf({ target, direction, rate }: Place): SetSpec {
  const family = familyOf(target)
  return spec({ direction, family, prefixes: !target.endsWith(family === 4 ? "/32" : "/128"), grade: rate ?? null })
}

export function setOf(place: Place): string {
  return specOf(place).name
}

export function setsOf(grade: Grade): readonly SetSpec[] {
  return (["inbound", "outbound"] as const).flatMap((direction) =>
    ([4, 6] as const).flatMap((family) =>
      [false, true].map((prefixes) => spec({ direction, family, prefixes, grade })),
    ),
  )
}

function spec(of: Omit<SetSpec, "name">): SetSpec {
  return { ...of, name: `${gradeName(of.grade)}${of.direction}${of.family}${of.prefixes ? "_prefixes" : ""}` }
}

export function gradeName(grade: Grade): string {
  return grade === null ? "" : `limit_${grade.perSecond}_${grade.unit}_`
}

/** The grades whose chains stand there; blocks always count. */
export function gradesIn(objects: readonly NftObject[]): readonly Grade[] {
  const rates = objects.flatMap(({ chain }): readonly Rate[] => {
    const [, perSecond, unit] = /^limit_(\d{1,10})_([a-z]+)_inbound$/.exec(String(record(chain).name)) ?? []
    const known = rateUnits.find((one) => one === unit)
    return known === undefined ? [] : [{ perSecond: Number(perSecond), unit: known }]
  })
  return [null, ...rates]
}

interface ChainSpec {
  readonly name: string
  readonly hook: string
  readonly direction: Direction
  readonly grade: Grade
}

// Both ways before connection tracking, so that established connections are cut too, and a flood costs no state.
function chainsOf(grade: Grade): readonly ChainSpec[] {
  const before = gradeName(grade)
  return [
    { name: `${before}inbound`, hook: "prerouting", direction: "inbound", grade },
    { name: `${before}outbound_local`, hook: "output", direction: "outbound", grade },
    { name: `${before}outbound_forwarded`, hook: "forward", direction: "outbound", grade },
  ]
}

// Before raw (-300), where others may exempt traffic from connection tracking, and behind defragmentation (-400).
const blocksAt = -310
// What is blocked is not held against a limit too.
const limitsAt = -309

/** Makes the table with these grades, none of which may be there yet. */
export function skeleton(table: Table, grades: readonly Grade[]): readonly NftCommand[] {
  const of = { family: "inet", table: table.name }
  return [
    { add: { table: { family: "inet", name: table.name } } },
    ...grades.flatMap((grade) => [
      ...setsOf(grade).map((set) => ({ add: { set: { ...of, name: set.name, ...shapeOf(set, table) } } })),
      ...setsOf(grade).map(({ name }) => ({ add: { counter: { ...of, name } } })),
      ...chainsOf(grade).flatMap((chain) => [
        { add: { chain: { ...of, name: chain.name, ...hookOf(chain) } } },
        ...rulesOf(chain).map((set) => ({ add: { rule: { ...of, chain: chain.name, expr: dropIfIn(set) } } })),
      ]),
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
  return (
    awake &&
    gradesIn(objects).every(
      (grade) =>
        setsOf(grade).every((set) => {
          const there = named("set", set.name)
          return there !== undefined && named("counter", set.name) !== undefined && isShaped(there, set, table)
        }) && chainsOf(grade).every((chain) => isChainIntact(chain, named("chain", chain.name), objects)),
    )
  )
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

function rulesOf({ direction, grade }: ChainSpec): readonly SetSpec[] {
  return setsOf(grade).filter((set) => set.direction === direction)
}

function hookOf({ hook, grade }: ChainSpec): NftObject {
  return { type: "filter", hook, prio: grade === null ? blocksAt : limitsAt, policy: "accept" }
}

/** Every element has a limit and a counter of its own; behind a limit, only what is beyond it is counted. */
function shapeOf({ family, prefixes, grade }: SetSpec, { size }: Table): NftObject {
  return {
    type: `ipv${family}_addr`,
    flags: prefixes ? ["interval", "timeout"] : ["timeout"],
    // Older kernels count both ends of an interval.
    size: prefixes ? size * 2 : size,
    stmt: [...(grade === null ? [] : [{ limit: limitOf(grade) }]), { counter: null }],
  }
}

// What may come at once after a silence is as much as in a second; of bytes, the kernel adds that by itself.
function limitOf({ perSecond, unit }: Rate): NftObject {
  if (unit === "packets") return { rate: perSecond, burst: perSecond, per: "second", inv: true }
  return { rate: perSecond, burst: 0, per: "second", inv: true, rate_unit: unit, burst_unit: unit }
}

function isShaped(there: NftObject, set: SetSpec, table: Table): boolean {
  const { stmt, ...rest } = shapeOf(set, table)
  return agrees(there, rest) && same(list(there.stmt).map(statement), list(stmt).map(statement))
}

/** What matters of a statement, however a version of nft prints it. */
function statement(one: NftObject): NftObject {
  if (one.limit === undefined) return { counter: "counter" in one }
  const { rate, rate_unit = "packets", per, inv } = record(one.limit)
  return { rate, rate_unit, per, inv }
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
