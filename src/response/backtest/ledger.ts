import type {
  Alert,
  AuditEntry,
  BacktestAction,
  BacktestFriend,
  BacktestIncident,
  Countermeasure,
  Incident,
  IpAddress,
} from "../../core/index.ts"
import { isUnspecified, subjectOf } from "../../core/index.ts"
import type { Changes } from "../../store/store.ts"
import type { Attribution } from "./attribution.ts"
import type { Friends } from "./friends.ts"

/** Writes down what the simulated response decides. */
export interface Ledger {
  /** Before anything is decided on it: what would have been in force when it came. */
  came(alert: Alert): void
  /** Incidents that it opened or changed. */
  recognised(incidents: readonly Incident[]): void
  decided(changes: Changes, incidents: readonly Incident[]): Promise<void>
  readonly actions: () => readonly BacktestAction[]
  readonly incidents: () => readonly BacktestIncident[]
  readonly friends: () => readonly BacktestFriend[]
  /** All, also those that are not because of it. */
  readonly decisions: () => number
  readonly counts: () => Counts
}

export interface Counts {
  /** Those that are because of what is looked back on. */
  readonly alerts: number
  readonly incidents: number
  readonly actions: number
  readonly subjects: number
  readonly stopped: number
  readonly held: number
  readonly proposed: number
}

// Of each countermeasure; its incident or the alerts of its address have the rest.
const maxAlerts = 10
// Told one by one; the rest are counted.
const maxFriends = 1000

type Row = { -readonly [K in keyof BacktestAction]: BacktestAction[K] }

/** Addresses of nodes, as alerts show them; more are told by their own guardrail. */
const maxNodes = 10_000

// Told one by one; the rest are counted.
const maxIncidents = 10_000

export function createLedger(friends: Friends, attribution: Attribution): Ledger {
  const recognised = new Map<string, BacktestIncident>()
  let [ours, mine, decisions] = [0, false, 0]
  const rows = new Map<string, Row>()
  const inForce = new Map<string, Row>()
  const subjects = new Set<string>()
  const [held, proposed] = [new Set<string>(), new Set<string>()]
  const known = new Map<string, BacktestFriend>()
  const nodes = new Map<IpAddress, string>()
  let [stopped, now] = [0, 0]

  const befriend = (friend: BacktestFriend) => {
    const key = `${friend.outcome} ${friend.subject}`
    if (known.size < maxFriends && !known.has(key)) known.set(key, friend)
  }
  const add = async (one: Countermeasure, incidents: readonly Incident[]) => {
    const row = rowOf(one, incidents)
    rows.set(one.id, row)
    inForce.set(placeOf(one), row)
    subjects.add(row.subject)
    const hurt = await friends.of(one, one.reason.alerts)
    if (hurt === undefined) return
    row.friend = hurt.why
    befriend({ ...hurt, outcome: "hurt" })
  }
  const note = ({ action, subject, after, at }: AuditEntry) => {
    // The cast only asks whether it is the address that stands for nobody.
    const name = subject.slice(subject.indexOf(":") + 1) as IpAddress
    if (/ held$/.test(action)) held.add(subject)
    else if (/ proposed$|\(monitor\)$/.test(action)) proposed.add(subject)
    else if (/ refused$/.test(action) && !isUnspecified(name))
      befriend({ subject: name, kind: "guardrail", why: reasonIn(after), at, outcome: "spared" })
  }
  /** Nodes are known by the alerts on them, and some of these come later. */
  const judgeNodes = () => {
    for (const row of rows.values()) {
      const name = nodes.get(addressOf(row))
      if (name === undefined || row.friend !== null) continue
      row.friend = `the address of the node ${name}`
      befriend({ subject: row.subject, kind: "node", why: row.friend, at: row.from, outcome: "hurt" })
    }
  }

  return {
    came: (alert) => {
      now = alert.at
      mine = attribution.alert(alert)
      if (mine) ours++
      const own = alert.direction === "inbound" ? alert.destination.address : alert.source.address
      if (nodes.size < maxNodes && own !== alert.attacker) nodes.set(own, alert.node.name || alert.node.id)
      for (const place of [alert.attacker, `node ${alert.node.id}`]) {
        const row = inForce.get(place)
        if (row === undefined) continue
        if (row.until !== null && row.until <= alert.at) inForce.delete(place)
        else {
          row.stopped++
          stopped++
        }
      }
    },
    recognised: (incidents) => {
      for (const one of incidents) {
        if (!attribution.incident(one) || (recognised.size >= maxIncidents && !recognised.has(one.id))) continue
        const { id, title, severity, attacker, startedAt, stages } = one
        recognised.set(id, { id, title, severity, attacker, startedAt, stages: stages.length, stored: false })
      }
    },
    incidents: () => [...recognised.values()],
    decided: async ({ countermeasures = [], audit = [] }, incidents) => {
      for (const one of countermeasures) {
        if (one.createdAt === now) decisions++
        const row = rows.get(one.id)
        if (row !== undefined) Object.assign(row, { until: one.expiresAt, severity: one.severity })
        else if (attribution.countermeasure(one, incidents)) await add(one, incidents)
      }
      if (mine) for (const entry of audit) note(entry)
    },
    actions: () => {
      judgeNodes()
      return [...rows.values()]
    },
    friends: () => [...known.values()],
    decisions: () => decisions,
    counts: () => ({
      alerts: ours,
      incidents: recognised.size,
      actions: rows.size,
      subjects: subjects.size,
      stopped,
      held: held.size,
      proposed: proposed.size,
    }),
  }
}

function rowOf(one: Countermeasure, incidents: readonly Incident[]): Row {
  const { reason, severity, createdAt: from, expiresAt: until, action } = one
  const incident = incidents.find(({ id }) => id === reason.incident)
  return {
    ...{ subject: subjectOf(one), action, severity, from, until, policy: reason.policy },
    target: one.action === "block" ? one.target : null,
    node: one.action === "block" ? null : one.node,
    incident:
      incident === undefined
        ? null
        : { id: incident.id, title: incident.title, stages: incident.stages.length, stored: false },
    alerts: reason.alerts.slice(0, maxAlerts),
    alertCount: incident?.stages.reduce((sum, { count }) => sum + count, 0) ?? reason.alerts.length,
    stopped: 0,
    friend: null,
  }
}

/** What its alerts are found by. A policy blocks single addresses. */
function placeOf(one: Countermeasure): string {
  return one.action === "block" ? one.target.slice(0, one.target.indexOf("/")) : `node ${one.node.id}`
}

function addressOf({ target }: Row): IpAddress {
  // The cast holds for a target, which is canonical; of a quarantine it is nobody's address.
  return (target ?? "").replace(/\/.*/, "") as IpAddress
}

function reasonIn(after: unknown): string {
  return typeof after === "object" && after !== null && "reason" in after ? String(after.reason) : "a guardrail"
}
