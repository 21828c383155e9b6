import { parseRuleSelector, type RuleException, type RuleSwitch } from "../../core/index.ts"
import type { RuleSummary } from "../../detection/index.ts"
import type { RuleStatistics } from "../../store/store.ts"
import type { ApiRule, RulePage, RulesQuery } from "../contract/index.ts"

export interface RuleFacts {
  readonly switches: readonly RuleSwitch[]
  /** Those in force. */
  readonly exceptions: readonly RuleException[]
  readonly statistics: ReadonlyMap<string, RuleStatistics>
}

export function isOf({ rules }: Pick<RuleException, "rules">, { id, tags }: Pick<RuleSummary, "id" | "tags">): boolean {
  const selector = parseRuleSelector(rules)
  if (selector === undefined) return false
  if (selector.kind === "one") return selector.id === id
  if (selector.kind === "tag") return tags.includes(selector.tag)
  return /^\d+$/.test(id) && Number(id) >= selector.from && Number(id) <= selector.to
}

export function shownRule(summary: RuleSummary, { switches, exceptions, statistics }: RuleFacts): ApiRule {
  const { bookkeeping: _, tags, ...shown } = summary
  const { hits = 0, lastAt = null, markedTrue = 0, markedFalse = 0 } = statistics.get(summary.id) ?? {}
  const off = switches.filter(({ rule }) => rule === summary.id)
  const state = off.some(({ node }) => node === null)
    ? "off"
    : off.length > 0
      ? "partly"
      : exceptions.some((one) => isOf(one, summary))
        ? "excepted"
        : "on"
  const marked = markedTrue + markedFalse
  return { ...shown, tags: [...tags], state, hits, lastHitAt: lastAt, marked, falsePositives: markedFalse }
}

export function pageOfRules(rules: readonly ApiRule[], query: RulesQuery): RulePage {
  const words = (query.search ?? "").toLowerCase().split(/\s+/).filter(Boolean)
  const found = rules.filter((rule) => fits(rule, query) && hasAll(rule, words))
  if (query.order === "hits") found.sort((one, other) => other.hits - one.hits)
  if (query.order === "false-positives") found.sort((one, other) => share(other) - share(one) || other.hits - one.hits)
  return {
    items: found.slice(query.offset, query.offset + query.limit),
    total: found.length,
    groups: groupsOf(rules),
  }
}

function fits(rule: ApiRule, { group, direction, tag, severity, paranoia, state }: RulesQuery): boolean {
  return (
    (group === undefined || rule.group === group) &&
    (direction === undefined || rule.direction === direction) &&
    (tag === undefined || rule.tags.includes(tag)) &&
    (severity === undefined || rule.severity === severity) &&
    (paranoia === undefined || rule.paranoia === paranoia) &&
    (state === undefined || rule.state === state)
  )
}

function hasAll(rule: ApiRule, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const text = [rule.id, rule.message, rule.group, ...rule.tags].join("\n").toLowerCase()
  return words.every((word) => text.includes(word))
}

const share = ({ marked, falsePositives }: ApiRule) => (marked === 0 ? -1 : falsePositives / marked)

function groupsOf(rules: readonly ApiRule[]): RulePage["groups"] {
  const groups = new Map<string, RulePage["groups"][number]>()
  for (const { group, direction, state } of rules) {
    const key = `${direction} ${group}`
    const known = groups.get(key) ?? { group, direction, rules: 0, off: 0 }
    groups.set(key, { ...known, rules: known.rules + 1, off: known.off + (state === "off" ? 1 : 0) })
  }
  return [...groups.values()].sort((one, other) => (one.group < other.group ? -1 : 1))
}
