import { type Direction, familyOf, parseCidr } from "../../core/index.ts"
import type { Block, Observed, Operation } from "../enforcer.ts"

/** One JSON command of libnftables-json(5). */
export type NftCommand = Readonly<Record<string, unknown>>

interface SetSpec {
  readonly name: string
  readonly family: 4 | 6
  readonly direction: Direction
  /** Prefixes stand in sets of intervals, apart from single addresses, so that the two never overlap. */
  readonly prefixes: boolean
}

const sets: readonly SetSpec[] = (["inbound", "outbound"] as const).flatMap((direction) =>
  ([4, 6] as const).flatMap((family) => [
    { name: `${direction}${family}`, family, direction, prefixes: false },
    { name: `${direction}${family}_prefixes`, family, direction, prefixes: true },
  ]),
)

// Before connection tracking (raw, -300), so that established connections are cut too and a flood costs no state.
const chains: readonly { readonly name: string; readonly hook: string; readonly direction: Direction }[] = [
  { name: "inbound", hook: "prerouting", direction: "inbound" },
  { name: "outbound_local", hook: "output", direction: "outbound" },
  { name: "outbound_forwarded", hook: "forward", direction: "outbound" },
]
const priority = -310

export interface Table {
  readonly name: string
  /** Elements of each set; the kernel reserves nothing for those that are not there. */
  readonly size: number
}

/** Makes what is missing of the table and writes its rules anew; elements that are there stay. */
export function skeleton({ name, size }: Table): readonly NftCommand[] {
  const of = { family: "inet", table: name }
  return [
    { add: { table: { family: "inet", name } } },
    ...sets.map((set) => ({
      add: {
        set: {
          ...of,
          name: set.name,
          type: `ipv${set.family}_addr`,
          flags: set.prefixes ? ["interval", "timeout"] : ["timeout"],
          size,
        },
      },
    })),
    ...chains.flatMap((chain) => [
      {
        add: { chain: { ...of, name: chain.name, type: "filter", hook: chain.hook, prio: priority, policy: "accept" } },
      },
      { flush: { chain: { ...of, name: chain.name } } },
      ...sets
        .filter(({ direction }) => direction === chain.direction)
        .map((set) => ({ add: { rule: { ...of, chain: chain.name, expr: dropIfIn(set) } } })),
    ]),
  ]
}

function dropIfIn({ name, family, direction }: SetSpec): readonly NftCommand[] {
  const left = {
    payload: { protocol: family === 4 ? "ip" : "ip6", field: direction === "inbound" ? "saddr" : "daddr" },
  }
  return [{ match: { op: "==", left, right: `@${name}` } }, { counter: { packets: 0, bytes: 0 } }, { drop: null }]
}

/** An element is replaced by adding it (which never fails), deleting it and adding it with its new end, all in one transaction. */
export function commandsOf(operation: Operation, table: string, now: number): readonly NftCommand[] {
  const { target, direction } = operation.block
  const family = familyOf(target)
  const [addr = "", length = "0"] = target.split("/")
  const single = Number(length) === (family === 4 ? 32 : 128)
  const value = single ? addr : { prefix: { addr, len: Number(length) } }
  const name = `${direction}${family}${single ? "" : "_prefixes"}`
  const element = (elem: unknown) => ({ element: { family: "inet", table, name, elem: [elem] } })
  const clear = [{ add: element(value) }, { delete: element(value) }]
  if (operation.kind === "remove") return clear
  const { expiresAt } = operation.block
  // The kernel's timeouts are whole seconds here; rounding up never ends a block early.
  const timeout = expiresAt === null ? {} : { timeout: Math.max(1, Math.ceil((expiresAt - now) / 1000)) }
  return [...clear, { add: element({ elem: { val: value, ...timeout } }) }]
}

/** What `nft -j list table` printed, as blocks; empty when the rules that make them work are not all there. */
export function readTable(
  listing: unknown,
  now: number,
): { readonly intact: boolean; readonly blocks: readonly Observed[] } {
  const items = record(listing).nftables
  const objects = Array.isArray(items) ? items.map(record) : []
  const rules = objects.flatMap(({ rule }) => (rule === undefined ? [] : [record(rule)]))
  const intact = chains.every((chain) => {
    const dropping = rules.filter((rule) => rule.chain === chain.name).map(({ expr }) => droppedSet(expr))
    return sets
      .filter(({ direction }) => direction === chain.direction)
      .every(({ name }) => dropping.includes(`@${name}`))
  })
  const named = new Map(objects.flatMap(({ set }) => (set === undefined ? [] : [[record(set).name, record(set)]])))
  const complete = intact && sets.every(({ name }) => named.has(name))
  if (!complete) return { intact: false, blocks: [] }
  return {
    intact: true,
    blocks: sets.flatMap((set) =>
      elementsOf(named.get(set.name)?.elem).flatMap((element) => blockOf(element, set.direction, now) ?? []),
    ),
  }
}

function droppedSet(expr: unknown): unknown {
  if (!Array.isArray(expr)) return undefined
  const drops = expr.some((part) => "drop" in record(part))
  const match = expr.map((part) => record(part).match).find((part) => part !== undefined)
  return drops ? record(match).right : undefined
}

function blockOf(element: unknown, direction: Direction, now: number): Block | undefined {
  const { elem } = record(element)
  const { val, expires } = elem === undefined ? { val: element, expires: undefined } : record(elem)
  const { prefix } = record(val)
  const text =
    typeof val === "string" ? val : prefix === undefined ? "" : `${record(prefix).addr}/${record(prefix).len}`
  const target = parseCidr(text)
  if (target === undefined) return undefined
  return { target, direction, expiresAt: typeof expires === "number" ? now + expires * 1000 : null }
}

function elementsOf(elements: unknown): readonly unknown[] {
  return Array.isArray(elements) ? elements : []
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  // The cast holds: any object can be read by name, and what is read is checked where it is used.
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
}
