import { type AllowlistEntry, type Cidr, type NodeRef, prefixesOf, ThwartError } from "../../core/index.ts"
import { indexPrefixes, type Prefixes } from "../guardrails/overlap.ts"

/** The entries that hold at a time, asked whom they protect. */
export interface Allowlist {
  /** `nodes`: those whose alerts led to it; undefined where that is not known, and for what a person does: then every scope counts. */
  protecting(target: Cidr, nodes?: readonly Pick<NodeRef, "id" | "name">[]): AllowlistEntry | undefined
}

/** The autonomous systems that announce any part of a prefix. */
export type AsnsOf = (target: Cidr) => ReadonlySet<number>

interface Part {
  readonly scope: ReadonlySet<string>
  readonly prefixes: Prefixes<{ readonly prefix: Cidr; readonly entry: AllowlistEntry }>
  readonly systems: ReadonlyMap<number, AllowlistEntry>
}

/** Throws when an entry can't be understood here: an allowlist that can't be read in full is not read. */
export function indexAllowlist(entries: readonly AllowlistEntry[], asnsOf: AsnsOf | undefined): Allowlist {
  const parts = partsOf(entries)
  const systems = entries.find(({ asn }) => asn !== undefined)
  if (systems !== undefined && asnsOf === undefined)
    throw new ThwartError(
      "THWART_CONFIG_INVALID",
      `the allowlist has AS${systems.asn}, and no database tells which addresses that has; name one with asnDatabase in the configuration, or remove ${systems.id}`,
    )
  return {
    protecting: (target, nodes) => {
      const asns = systems === undefined ? undefined : asnsOf?.(target)
      for (const part of parts) {
        if (!isWithin(part.scope, nodes)) continue
        const found = part.prefixes.overlapping(target)?.entry ?? systemOf(part, asns)
        if (found !== undefined) return found
      }
      return undefined
    },
  }
}

/** One for each scope, since the same prefix may stand in several. */
function partsOf(entries: readonly AllowlistEntry[]): readonly Part[] {
  const byScope = new Map<string, AllowlistEntry[]>()
  for (const entry of entries) {
    const scope = JSON.stringify([...(entry.nodes ?? [])].sort())
    byScope.set(scope, [...(byScope.get(scope) ?? []), entry])
  }
  return [...byScope.values()].map((these) => ({
    scope: new Set(these[0]?.nodes),
    prefixes: indexPrefixes(these.flatMap((entry) => prefixesOf(entry).map((prefix) => ({ prefix, entry })))),
    systems: new Map(these.flatMap((entry) => (entry.asn === undefined ? [] : [[entry.asn, entry] as const]))),
  }))
}

function isWithin(scope: ReadonlySet<string>, nodes: Parameters<Allowlist["protecting"]>[1]): boolean {
  return scope.size === 0 || nodes === undefined || nodes.every(({ id, name }) => scope.has(id) || scope.has(name))
}

function systemOf({ systems }: Part, asns: ReadonlySet<number> | undefined): AllowlistEntry | undefined {
  for (const asn of asns ?? []) {
    const entry = systems.get(asn)
    if (entry !== undefined) return entry
  }
  return undefined
}
