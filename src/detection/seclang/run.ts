import type { HttpObservation, Latin1 } from "../../core/index.ts"
import type { Pair } from "./message.ts"
import { isMarker, type Rule, type Step } from "./rule.ts"
import type { Target } from "./target.ts"
import { variables } from "./variables.ts"

/** Where a rule matched: the inspected value and the bytes in it. */
export interface MatchedValue {
  readonly variable: string
  readonly value: Latin1
  readonly offset: number
  readonly length: number
}

export interface MatchedRule {
  readonly rule: Rule
  readonly matches: readonly MatchedValue[]
}

/** One transaction under the rules; phases are run in order, each once. */
export interface Transaction {
  run(phases: readonly number[]): void
  readonly matched: readonly MatchedRule[]
}

// Matches kept of one rule, as evidence; the rule has matched after the first.
const maxMatches = 20

export function createTransaction(steps: readonly Step[], observation: HttpObservation): Transaction {
  const values = new Map<string, readonly Pair[]>()
  const transformed = new Map<string, Map<Latin1, Latin1>>()
  const tx = new Map<string, Latin1>()
  const matched: MatchedRule[] = []
  let last: MatchedValue | undefined

  const read = (variable: string): readonly Pair[] => {
    const known = values.get(variable)
    if (known !== undefined) return known
    const fresh = variables.get(variable)?.(observation, read) ?? []
    values.set(variable, fresh)
    return fresh
  }
  const pairsOf = (variable: string): readonly Pair[] => {
    if (variable === "TX") return [...tx].map(([name, value]) => ({ name, value }))
    if (variable === "MATCHED_VAR") return last === undefined ? [] : [{ name: "", value: last.value }]
    if (variable === "MATCHED_VAR_NAME") return last === undefined ? [] : [{ name: "", value: last.variable }]
    return read(variable)
  }
  const expand = (text: string): string =>
    text.includes("%{")
      ? text.replace(/%\{([A-Za-z_]+)(?:[.:]([^}]*))?\}/g, (_, variable: string, member: string | undefined) => {
          const pairs = pairsOf(variable.toUpperCase())
          return (
            (member === undefined ? pairs[0] : pairs.find(({ name }) => name.toLowerCase() === member.toLowerCase()))
              ?.value ?? ""
          )
        })
      : text
  /** Each chain of transformations runs once on a value, however many rules ask for it. */
  const transform = (rule: Rule, value: Latin1): Latin1 => {
    if (rule.transforms.length === 0) return value
    let cache = transformed.get(rule.chainOfTransforms)
    if (cache === undefined) {
      cache = new Map()
      transformed.set(rule.chainOfTransforms, cache)
    }
    const known = cache.get(value)
    if (known !== undefined) return known
    const fresh = rule.transforms.reduce((text, step) => step(text), value)
    cache.set(value, fresh)
    return fresh
  }
  const assign = (rule: Rule) => {
    for (const { name, step, value } of rule.assignments) {
      const to = expand(value)
      const key = expand(name).toLowerCase()
      if (step === "remove") tx.delete(key)
      else if (step === "set") tx.set(key, to)
      else
        tx.set(
          key,
          String(
            (Number.parseInt(tx.get(key) ?? "0", 10) || 0) + (step === "add" ? 1 : -1) * (Number.parseInt(to, 10) || 0),
          ),
        )
    }
  }

  const test = (rule: Rule, value: Latin1, variable: string): MatchedValue | undefined => {
    if (rule.test === null) return undefined
    const hit = rule.test.operator(value, expand)
    if ((hit !== undefined) === rule.test.negated) return undefined
    if (hit !== undefined && rule.capture)
      for (const [index, group] of hit.groups.slice(0, 10).entries()) tx.set(String(index), group)
    return { variable, value, offset: hit?.offset ?? 0, length: hit?.length ?? value.length }
  }
  const testAll = (rule: Rule, raw: Latin1, variable: string): MatchedValue | undefined => {
    if (!rule.multiMatch) return located(test(rule, transform(rule, raw), variable), raw)
    const stages = rule.transforms.reduce<readonly Latin1[]>((done, step) => [...done, step(done.at(-1) ?? raw)], [raw])
    for (const value of new Set(stages)) {
      const found = test(rule, value, variable)
      if (found !== undefined) return located(found, raw)
    }
    return undefined
  }
  const matchesOf = (rule: Rule): readonly MatchedValue[] => {
    if (rule.test === null) return [{ variable: "", value: "", offset: 0, length: 0 }]
    const found: MatchedValue[] = []
    for (const { name, value } of membersOf(rule.test.targets, pairsOf)) {
      const hit = testAll(rule, value, name)
      if (hit === undefined) continue
      last = hit
      found.push(hit)
      if (found.length >= maxMatches) break
    }
    return found
  }
  /** A chain matches when all of its rules do; its evidence is that of the first that has any. */
  const runChain = (rule: Rule): readonly MatchedValue[] | undefined => {
    const own = matchesOf(rule)
    if (own.length === 0) return undefined
    const rest = rule.next === null ? [] : runChain(rule.next)
    if (rest === undefined) return undefined
    assign(rule)
    return [...own, ...rest].filter(({ variable }) => variable !== "").slice(0, maxMatches)
  }
  const runPhase = (phase: number) => {
    let skipTo: string | null = null
    for (const step of steps) {
      if (isMarker(step)) {
        if (step.marker === skipTo) skipTo = null
        continue
      }
      if (skipTo !== null || step.phase !== phase) continue
      const matches = runChain(step)
      if (matches === undefined) continue
      if (!step.silent) matched.push({ rule: step, matches })
      skipTo = step.skipAfter
    }
  }

  return {
    run: (phases) => {
      for (const phase of phases) runPhase(phase)
    },
    matched,
  }
}

/** The values that a rule looks at: all that is named, less what is excluded; a count is one value. */
function membersOf(targets: readonly Target[], pairsOf: (variable: string) => readonly Pair[]): readonly Pair[] {
  const excluded = targets.filter(({ exclude }) => exclude)
  const isExcluded = (variable: string, name: string) =>
    excluded.some((target) => target.variable === variable && (target.member === null || target.member(name)))
  return targets.flatMap((target) => {
    if (target.exclude) return []
    const { variable, member } = target
    const members = pairsOf(variable).filter(
      ({ name }) => (member === null || member(name)) && !isExcluded(variable, name),
    )
    if (target.count) return [{ name: target.text, value: String(members.length) }]
    return members.map(({ name, value }) => ({ name: name === "" ? variable : `${variable}:${name}`, value }))
  })
}

/** Where the matched bytes stand in the value as it was sent, when transformations left them as they were. */
function located(hit: MatchedValue | undefined, raw: Latin1): MatchedValue | undefined {
  if (hit === undefined || hit.value === raw) return hit
  const bytes = hit.value.slice(hit.offset, hit.offset + hit.length)
  const offset = bytes === "" ? -1 : raw.indexOf(bytes)
  return offset < 0 ? hit : { ...hit, value: raw, offset }
}
