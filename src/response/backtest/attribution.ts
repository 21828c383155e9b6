import type { Alert, AlertId, Countermeasure, Incident } from "../../core/index.ts"

/** Tells what is because of that which is looked back on. */
export interface Attribution {
  /** Asked of each alert once, in order. */
  alert(alert: Alert): boolean
  incident(incident: Incident): boolean
  countermeasure(one: Countermeasure, incidents: readonly Incident[]): boolean
}

/** Of policies: whatever they decide is theirs. */
export const everything: Attribution = { alert: () => true, incident: () => true, countermeasure: () => true }

// Some 20 MB; the oldest are forgotten beyond, and with them that an attack of long ago began with one of these.
const maxIds = 200_000

/** Of detection: what its alerts had a part in. */
export function createAttribution(rules: ReadonlySet<string>): Attribution {
  let [younger, older] = [new Set<AlertId>(), new Set<AlertId>()]
  const has = (id: AlertId) => younger.has(id) || older.has(id)
  const incident = ({ stages }: Incident) => stages.some(({ alerts }) => alerts.some(has))
  return {
    alert: ({ id, contributions }) => {
      if (!contributions.some(({ rule }) => rules.has(rule))) return false
      if (younger.size >= maxIds / 2) {
        older = younger
        younger = new Set()
      }
      younger.add(id)
      return true
    },
    incident,
    countermeasure: ({ reason }, incidents) =>
      reason.alerts.some(has) || incidents.some((one) => one.id === reason.incident && incident(one)),
  }
}
