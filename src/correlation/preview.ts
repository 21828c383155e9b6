import {
  type Alert,
  compareSeverity,
  type Incident,
  type IncidentId,
  isUnspecified,
  type Millis,
  type Severity,
} from "../core/index.ts"
import { clusterSentence } from "./cluster-sentence.ts"
import { createClusterer } from "./clusterer.ts"
import { createCorrelator } from "./correlator.ts"
import type { NodeFacts } from "./node-facts.ts"
import type { CorrelationRules } from "./rule-file.ts"
import { sentenceOf } from "./sentence.ts"

/** What rules would have made of stored alerts. */
export interface Preview {
  /** How many were looked at, and from when to when; masked ones, and clusters that these rules made already, are none. */
  readonly alerts: number
  readonly firstAt: Millis | null
  readonly lastAt: Millis | null
  readonly rules: readonly PreviewedRule[]
  /** As they would stand at the end, the gravest first; not more than `maxShown`. */
  readonly incidents: readonly Incident[]
  /** The new alerts, newest first; not more than `maxShown`. */
  readonly clusters: readonly Alert[]
}

/** One for each rule, those that made nothing too. */
export interface PreviewedRule {
  readonly kind: "intent" | "cluster"
  readonly id: string
  readonly title: string
  readonly sentence: string
  /** Incidents, or new alerts. */
  readonly made: number
  /** Different attackers of these, where they are known. */
  readonly attackers: number
  /** Incidents in which every stage was seen; of a clustering rule, none. */
  readonly complete: number
  /** The highest; null: nothing was made. */
  readonly severity: Severity | null
}

export interface Previewing {
  /** Alerts in the order of their times, apart from what rules allow to be late. */
  take(alerts: readonly Alert[]): void
  result(): Preview
}

// What a person looks through; what is beyond is counted.
export const maxShown = 200
// Beside what runs already, so half of what that may have.
const limits = { maxSources: 100_000, maxIncidents: 5000 }

/** As `preview`, where the alerts come in parts. */
export function createPreview(
  { rules, clusters }: CorrelationRules,
  { facts = {} }: { readonly facts?: NodeFacts } = {},
): Previewing {
  // Rules that are off are tried before they are turned on.
  const correlator = createCorrelator(rules.map(on), { limits, facts })
  const clusterer = createClusterer(clusters.map(on))
  const own = new Set<string>(clusters.map(({ id }) => id))
  const incidents = new Map<IncidentId, Incident>()
  const made: Alert[] = []
  const tally = createTally()
  let [alerts, firstAt, lastAt] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

  const note = (told: readonly Incident[]) => {
    for (const incident of told) {
      tally.incident(incident)
      if (incidents.size < maxShown || incidents.has(incident.id)) incidents.set(incident.id, incident)
    }
  }
  return {
    take: (more) => {
      for (const alert of more) {
        if (alert.masked || own.has(alert.cluster?.rule ?? "")) continue
        alerts++
        firstAt = Math.min(firstAt, alert.at)
        lastAt = Math.max(lastAt, alert.at)
        const clustered = clusterer.onAlert(alert)
        for (const one of clustered) tally.cluster(one)
        if (made.length < maxShown) made.push(...clustered)
        for (const one of [alert, ...clustered]) note(correlator.onAlert(one))
      }
    },
    result: () => {
      note(correlator.onTime(Number.POSITIVE_INFINITY))
      return {
        alerts,
        firstAt: alerts === 0 ? null : firstAt,
        lastAt: alerts === 0 ? null : lastAt,
        rules: [
          ...rules.map((rule) => ({ kind: "intent", ...named(rule, sentenceOf(rule)), ...tally.of(rule.id) }) as const),
          ...clusters.map(
            (rule) => ({ kind: "cluster", ...named(rule, clusterSentence(rule)), ...tally.of(rule.id) }) as const,
          ),
        ],
        incidents: [...incidents.values()].sort(
          (one, other) => compareSeverity(other.severity, one.severity) || other.startedAt - one.startedAt,
        ),
        clusters: made.toSorted((one, other) => other.at - one.at).slice(0, maxShown),
      }
    },
  }
}

/** What these rules would have made of these alerts. Nothing else is looked at, and nothing is changed. */
export function preview(
  rules: CorrelationRules,
  alerts: readonly Alert[],
  options: { readonly facts?: NodeFacts } = {},
): Preview {
  const previewing = createPreview(rules, options)
  previewing.take(alerts.toSorted((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1)))
  return previewing.result()
}

const on = <T extends { readonly enabled: boolean }>(rule: T): T => ({ ...rule, enabled: true })
const named = ({ id, title }: { readonly id: string; readonly title: string }, sentence: string) => ({
  id,
  title,
  sentence,
})

interface Counted {
  readonly made: Set<string>
  readonly complete: Set<string>
  readonly attackers: Set<string>
  severity: Severity | null
}

/** Counts all that is made, also what is not shown. */
function createTally() {
  const rules = new Map<string, Counted>()
  const count = (rule: string, id: string, { attacker, severity }: Pick<Alert, "attacker" | "severity">) => {
    const known = rules.get(rule) ?? { made: new Set(), complete: new Set(), attackers: new Set(), severity: null }
    rules.set(rule, known)
    known.made.add(id)
    if (!isUnspecified(attacker)) known.attackers.add(attacker)
    if (known.severity === null || compareSeverity(severity, known.severity) > 0) known.severity = severity
    return known
  }
  return {
    incident: (incident: Incident) => {
      const known = count(incident.rule, incident.id, incident)
      if (incident.complete) known.complete.add(incident.id)
    },
    cluster: (alert: Alert) => void count(alert.cluster?.rule ?? "", alert.id, alert),
    of: (rule: string) => {
      const { made, complete, attackers, severity } = rules.get(rule) ?? none
      return { made: made.size, complete: complete.size, attackers: attackers.size, severity }
    },
  }
}

const none: Counted = { made: new Set(), complete: new Set(), attackers: new Set(), severity: null }
