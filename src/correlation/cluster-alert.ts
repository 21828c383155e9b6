import { type Alert, address, compareSeverity, durationInWords, intents, type Severity } from "../core/index.ts"
import type { ClusterRule } from "./cluster-rule.ts"
import { hashedId } from "./incident-id.ts"

// What the new alert names of its members; the store has the rest.
const maxMembers = 100
const maxTitles = 3

/**
 * One alert that stands for its members. It says what they agree in: where they have different attackers it has none. It is named
 * after the group and the member that completed it, so that whoever sees the same makes the same.
 */
export function clusterAlert(rule: ClusterRule, key: string, members: readonly Alert[]): Alert {
  const inTime = members.toSorted((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
  const last = inTime.at(-1) ?? unreachable()
  const firstAt = inTime[0]?.at ?? last.at
  const severity = rule.severity ?? gravest(inTime)
  const score = Math.max(...inTime.map((member) => member.score))
  const alike = <T>(of: (alert: Alert) => T) => inTime.every((member) => of(member) === of(last))
  // The cast holds: the id is made as the schema asks.
  const id = `alr_${hashedId(`${key}\n${last.at}\n${last.id}`)}` as Alert["id"]
  const { at, observation, node, direction, source, destination } = last
  return {
    ...{ id, at, observation, sensor: "correlation", node, direction, source, destination },
    attacker: alike(({ attacker }) => attacker) ? last.attacker : address("0.0.0.0"),
    title: rule.title,
    severity,
    classtype: rule.name,
    intent: rule.intent ?? furthest(inTime),
    tactic: alike(({ tactic }) => tactic) ? last.tactic : null,
    technique: alike(({ technique }) => technique) ? last.technique : null,
    score,
    threshold: score,
    contributions: [{ rule: rule.id, message: rule.title, severity, score, tags: ["cluster"], matches: [] }],
    evidence: { summary: summaryOf(inTime, last.at - firstAt), request: null, response: null },
    origin: null,
    cluster: {
      rule: rule.id,
      count: inTime.length,
      alerts: inTime.slice(0, maxMembers).map((member) => member.id),
      firstAt,
      lastAt: last.at,
    },
    masked: false,
  }
}

function summaryOf(members: readonly Alert[], tookMs: number): string {
  const titles = [...new Set(members.map(({ title }) => title))]
  const more = titles.length > maxTitles ? `; and ${titles.length - maxTitles} more` : ""
  const seconds = Math.ceil(tookMs / 1000) * 1000
  return `${members.length} alerts within ${durationInWords(seconds)}: ${titles.slice(0, maxTitles).join("; ")}${more}`
}

function gravest(members: readonly Alert[]): Severity {
  return members.reduce<Severity>(
    (most, { severity }) => (compareSeverity(severity, most) > 0 ? severity : most),
    "info",
  )
}

function furthest(members: readonly Alert[]): Alert["intent"] {
  const most = Math.max(...members.map(({ intent }) => intents.indexOf(intent)))
  return intents[most] ?? "reconnaissance"
}

function unreachable(): never {
  throw new RangeError("a cluster has at least one alert")
}
