import {
  type Cidr,
  lengthOf,
  type Observation,
  parseCidr,
  parseRuleSelector,
  type RuleException,
  type RuleSwitch,
} from "../../core/index.ts"
import type { RemovedTarget, Taken } from "../seclang/run/removals.ts"
import { checkParameter, readParameter } from "./parameter.ts"
import { plainPath } from "./plain-path.ts"
import type { RulePolicy, RulePolicyState } from "./rule-policy.ts"

/** A rule as policies choose it. */
export interface Removable {
  readonly id: number
  readonly tags: readonly string[]
}

export type TakenFrom = (observation: Observation) => readonly Taken[] | null

/** What a policy takes from the rules, observation by observation; null for nothing. It is worked out anew when the policy changes. */
export function createTaking(policy: RulePolicy, rules: readonly Removable[]): TakenFrom {
  let state: RulePolicyState | undefined
  let from: TakenFrom | null = null
  let until = Number.POSITIVE_INFINITY
  return (observation) => {
    const now = policy.state()
    if (now !== state || (until < Number.POSITIVE_INFINITY && policy.now() >= until)) {
      state = now
      const time = policy.now()
      const exceptions = now.exceptions.filter(({ expiresAt }) => expiresAt === null || expiresAt > time)
      until = exceptions.reduce((first, { expiresAt }) => Math.min(first, expiresAt ?? first), Number.POSITIVE_INFINITY)
      from = compile(now.switches, exceptions, rules)
    }
    return from === null ? null : from(observation)
  }
}

function compile(
  switches: readonly RuleSwitch[],
  exceptions: readonly RuleException[],
  rules: readonly Removable[],
): TakenFrom | null {
  if (switches.length === 0 && exceptions.length === 0) return null
  const ready = exceptions.flatMap((exception) => readyOf(exception, rules))
  const lasting = ready.filter(({ of }) => of.path === null && of.source === null)
  const byNode = takenByNode(switches, lasting)
  const find = findersOf(ready.filter(({ of }) => of.path !== null || of.source !== null))
  return (observation) => {
    const always = byNode.get(observation.node.id) ?? byNode.get(everywhere)
    const found = find(observation)
    if (found.length === 0) return always ?? null
    const here = collect(found, [])
    return always === undefined ? [here] : [...always, here]
  }
}

const everywhere = Symbol("everywhere")

function takenByNode(switches: readonly RuleSwitch[], lasting: readonly Ready[]) {
  const offFor = (node: string | null) =>
    switches.filter((one) => one.node === null || one.node === node).map(({ rule }) => rule)
  const byNode = new Map<string | symbol, readonly Taken[]>()
  const common = collect(lasting, offFor(null))
  if (common.rules.size > 0 || common.targets.size > 0) byNode.set(everywhere, [common])
  for (const node of new Set(switches.flatMap((one) => one.node ?? [])))
    byNode.set(node, [collect(lasting, offFor(node))])
  return byNode
}

/** An exception with the rules that it is of, and the target that it takes from them; null: the whole rule. */
interface Ready {
  readonly of: RuleException
  readonly ids: readonly (number | string)[]
  readonly target: RemovedTarget | null
}

function readyOf(exception: RuleException, rules: readonly Removable[]): readonly Ready[] {
  const { parameter } = exception
  // What an older version took for a parameter, and this one doesn't, takes nothing away.
  if (parameter !== null && checkParameter(parameter) !== undefined) return []
  const target = parameter === null ? null : readParameter(parameter)
  return [{ of: exception, ids: chosen(exception, rules), target }]
}

function chosen({ rules: text }: RuleException, rules: readonly Removable[]): readonly (number | string)[] {
  const selector = parseRuleSelector(text)
  if (selector === undefined) return []
  if (selector.kind === "one") return [nameOf(selector.id)]
  const fits = ({ id, tags }: Removable) =>
    selector.kind === "tag" ? tags.includes(selector.tag) : id >= selector.from && id <= selector.to
  return rules.filter(fits).map(({ id }) => id)
}

const nameOf = (rule: string): number | string => (/^\d{1,15}$/.test(rule) ? Number(rule) : rule)

function collect(ready: readonly Ready[], off: readonly string[]): Taken {
  const rules = new Set<number | string>(off.map(nameOf))
  const targets = new Map<number, RemovedTarget[]>()
  const variables = new Set<number>()
  for (const { ids, target } of ready)
    for (const id of ids) {
      if (target === null) rules.add(id)
      else if (typeof id === "number") {
        variables.add(target.variable)
        const known = targets.get(id)
        if (known === undefined) targets.set(id, [target])
        else known.push(target)
      }
    }
  return { rules, targets, variables }
}

/** Looks exceptions up by path or by network, so that thousands of them cost a few look-ups. */
function findersOf(ready: readonly Ready[]): (observation: Observation) => readonly Ready[] {
  const exact = groupedBy(ready, ({ of: { path } }) => (path === null || path.endsWith("*") ? undefined : path))
  const begun = groupedBy(ready, ({ of: { path } }) => (path?.endsWith("*") ? path.slice(0, -1) : undefined))
  const lengths = [...new Set([...begun.keys()].map(({ length }) => length))]
  const byNetwork = groupedBy(ready, ({ of: { path, source } }) =>
    path === null && source !== null ? source : undefined,
  )
  const widths = [...new Set([...byNetwork.keys()].map((source) => lengthOf(source)))]
  return (observation) => {
    const { source, target } = factsOf(observation)
    const path = target === undefined || exact.size + begun.size === 0 ? undefined : plainPath(target)
    const byPath =
      path === undefined
        ? []
        : [...(exact.get(path) ?? []), ...lengths.flatMap((length) => begun.get(path.slice(0, length)) ?? [])]
    return [
      ...byPath.filter(({ of }) => of.source === null || networkOf(source, lengthOf(of.source)) === of.source),
      ...widths.flatMap((width) => byNetwork.get(networkOf(source, width) ?? nowhere) ?? []),
    ]
  }
}

// No exception has it for its source.
const nowhere = "" as Cidr

const networkOf = (address: string, length: number): Cidr | undefined => parseCidr(`${address}/${length}`)

function factsOf(observation: Observation): { readonly source: string; readonly target: string | undefined } {
  if (observation.kind === "http") return { source: observation.source.address, target: observation.request.target }
  const cause = observation.kind === "connection" ? observation.causedBy : null
  return { source: (cause?.source ?? observation.source).address, target: cause?.request.target }
}

function groupedBy<K>(ready: readonly Ready[], keyOf: (one: Ready) => K | undefined): ReadonlyMap<K, readonly Ready[]> {
  const groups = new Map<K, Ready[]>()
  for (const one of ready) {
    const key = keyOf(one)
    if (key === undefined) continue
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [one])
    else known.push(one)
  }
  return groups
}
