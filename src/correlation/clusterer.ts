import { createHash } from "node:crypto"
import type { Alert } from "../core/index.ts"
import { clusterAlert } from "./cluster-alert.ts"
import { createClusterGroups } from "./cluster-groups.ts"
import type { ClusterRule } from "./cluster-rule.ts"
import { keyOfField } from "./join-keys.ts"
import { createSeen } from "./seen.ts"
import { compileCriteria } from "./stage-match.ts"

/** Makes new alerts of similar ones. */
export interface Clusterer {
  /** The new alerts that this one completes. A masked or repeated alert makes none, and neither does one that was made here. */
  onAlert(alert: Alert): readonly Alert[]
  /** A masked alert counts no more; what was made of it before stays. */
  forget(alert: Alert): void
  /** Takes up where an earlier run stopped, from the alerts of the longest window, in any order. */
  restore(alerts: readonly Alert[]): void
  readonly rules: readonly ClusterRule[]
  size(): number
}

interface Compiled {
  readonly rule: ClusterRule
  readonly matches: (alert: Alert) => boolean
}

export function createClusterer(rules: readonly ClusterRule[], budget?: number): Clusterer {
  const compiled: readonly Compiled[] = rules
    .filter(({ enabled }) => enabled)
    .map((rule) => ({ rule, matches: compileCriteria(rule) }))
  const groups = createClusterGroups(budget)
  const seen = createSeen()

  const onAlert = (alert: Alert): readonly Alert[] => {
    if (compiled.length === 0 || alert.cluster !== undefined || alert.masked || !seen.add(alert.id)) return none
    const made: Alert[] = []
    for (const { rule, matches } of compiled) {
      if (!matches(alert)) continue
      const key = groupKey(rule, alert)
      const name = rule.distinct === null ? alert.id : keyOfField(alert, rule.distinct)
      if (key === undefined || name === undefined) continue
      const members = groups.add({ rule, key, name }, trimmed(alert))
      if (members !== undefined) made.push(clusterAlert(rule, key, [...members.values()]))
    }
    return made
  }

  return {
    onAlert,
    forget: (alert) => {
      for (const { rule } of compiled) {
        const key = groupKey(rule, alert)
        const name = rule.distinct === null ? alert.id : keyOfField(alert, rule.distinct)
        if (key !== undefined && name !== undefined) groups.remove(key, name, alert.id)
      }
    },
    restore: (alerts) => {
      for (const alert of alerts.toSorted((one, other) => one.at - other.at)) onAlert(alert)
    },
    rules,
    size: groups.size,
  }
}

const none: readonly Alert[] = []

/** Without what is long: a hundred thousand may be kept. */
const trimmed = (alert: Alert): Alert => ({
  ...alert,
  contributions: [],
  evidence: { summary: "", request: null, response: null },
})

/** Undefined where the alert is outside of the rule's scope, or lacks a field that the rule groups by. */
function groupKey(rule: ClusterRule, alert: Alert): string | undefined {
  const place = placeOf(rule, alert)
  if (place === undefined) return undefined
  const parts = [rule.id, place]
  for (const field of rule.groupBy) {
    const part = keyOfField(alert, field)
    if (part === undefined) return undefined
    parts.push(part)
  }
  // What an attacker makes long must not fill the memory.
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64")
}

function placeOf({ scope }: ClusterRule, { node }: Alert): string | undefined {
  switch (scope) {
    case "everywhere":
      return ""
    case "host":
      return node.kind === "host" || node.kind === "vm" ? node.id : undefined
    case "image":
      return node.image
    case "container":
    case "pod":
      return node.kind === scope ? node.id : undefined
  }
}
