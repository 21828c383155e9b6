import type {
  Alert,
  AuditEntry,
  BacktestAction,
  BacktestFriend,
  BacktestIncident,
  Countermeasure,
  Incident,
  IpAddress,
  Millis,
  Proposal,
} from "../../core/index.ts"
import { holdsBack, isAddressProposal, isUnspecified, subjectOf } from "../../core/index.ts"
import type { Changes } from "../../store/store.ts"
import { nodeSubject } from "../policies.ts"
import type { Attribution } from "./attribution.ts"
import type { Friends } from "./friends.ts"
import { createInForce, type Row } from "./in-force.ts"

/** Writes down what the simulated response decides. */
export interface Ledger {
  /** Before anything is decided on them: what would have been in force when they came. */
  came(alerts: readonly Alert[], at: Millis): void
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
  readonly ignored: number
}

// Of each countermeasure; its incident or the alerts of its address have the rest.
const maxAlerts = 10
// Told one by one; the rest are counted.
const maxFriends = 1000

/** Addresses of nodes, as alerts show them; more are told by their own guardrail. */
const maxNodes = 10_000

// Told one by one; the rest are counted.
const maxIncidents = 10_000

export function createLedger(friends: Friends, attribution: Attribution): Ledger {
  const recognised = new Map<string, BacktestIncident>()
  let [ours, mine, decisions] = [0, false, 0]
  const rows = new Map<string, Row>()
  const inForce = createInForce()
  const subjects = new Set<string>()
  const [held, proposed, ignored] = [new Set<string>(), new Set<string>(), new Set<string>()]
  const known = new Map<string, BacktestFriend>()
  const nodes = new Map<IpAddress, string>()
  let [stopped, now] = [0, 0]

  const befriend = (friend: BacktestFriend) => {
    const key = `${friend.outcome} ${friend.subject}`
    if (known.size < maxFriends && !known.has(key)) known.set(key, friend)
  }
  const add = async (one: Countermeasure, incidents: readonly Incident[]) => {
    const other = inForce.widened(one)
    if (other !== undefined) return void rows.set(one.id, other)
    const row = rowOf(one, incidents)
    rows.set(one.id, row)
    inForce.add(one, row)
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
    else if (/ proposal not kept/.test(action)) (hasReason(after) ? held : proposed).add(subject)
    else if (/^ignored$| ignored \(always ignore\)$/.test(action)) ignored.add(subject)
    else if (/ refused$/.test(action) && !isUnspecified(name))
      befriend({ subject: name, kind: "guardrail", why: reasonIn(after), at, outcome: "spared" })
  }
  /** What waits for a person: because a guardrail holds it, or because its policy asks. */
  const propose = (one: Proposal) => {
    if (one.state === "pending") (one.held === null ? proposed : held).add(proposalSubject(one))
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
    came: (alerts, at) => {
      now = at
      mine = false
      for (const alert of alerts) {
        if (attribution.alert(alert)) {
          mine = true
          ours++
        }
        const own = alert.direction === "inbound" ? alert.destination.address : alert.source.address
        if (nodes.size < maxNodes && own !== alert.attacker) nodes.set(own, alert.node.name || alert.node.id)
        if (inForce.meets(alert)) stopped++
      }
    },
    recognised: (incidents) => {
      for (const one of incidents) {
        if (!attribution.incident(one)) continue
        mine = true
        if (recognised.size >= maxIncidents && !recognised.has(one.id)) continue
        const { id, title, severity, attacker, startedAt, stages } = one
        recognised.set(id, { id, title, severity, attacker, startedAt, stages: stages.length, stored: false })
      }
    },
    incidents: () => [...recognised.values()],
    decided: async ({ countermeasures = [], proposals = [], audit = [] }, incidents) => {
      for (const one of countermeasures) {
        if (one.createdAt === now) decisions++
        const row = rows.get(one.id)
        if (row !== undefined) Object.assign(row, { until: one.expiresAt, severity: one.severity })
        else if (attribution.countermeasure(one, incidents)) await add(one, incidents)
      }
      if (!mine) return
      for (const one of proposals) propose(one)
      for (const entry of audit) note(entry)
    },
    actions: () => {
      judgeNodes()
      return [...new Set(rows.values())]
    },
    friends: () => [...known.values()],
    decisions: () => decisions,
    counts: () => ({
      alerts: ours,
      incidents: recognised.size,
      actions: new Set(rows.values()).size,
      subjects: subjects.size,
      stopped,
      held: held.size,
      proposed: proposed.size,
      ignored: ignored.size,
    }),
  }
}

function rowOf(one: Countermeasure, incidents: readonly Incident[]): Row {
  const { reason, severity, createdAt: from, expiresAt: until, action } = one
  const incident = incidents.find(({ id }) => id === reason.incident)
  return {
    ...{ subject: subjectOf(one), action, severity, from, until, policy: reason.policy },
    target: holdsBack(one) ? one.target : null,
    direction: holdsBack(one) ? one.direction : null,
    rate: holdsBack(one) ? (one.rate ?? null) : null,
    node: holdsBack(one) ? null : one.node,
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

/** As the audit log names it. */
function proposalSubject(one: Proposal): string {
  return isAddressProposal(one) ? `address:${one.target.replace(/\/.*/, "")}` : nodeSubject(one.target)
}

function addressOf({ target }: Row): IpAddress {
  // The cast holds for a target, which is canonical; of a quarantine it is nobody's address.
  return (target ?? "").replace(/\/.*/, "") as IpAddress
}

const hasReason = (after: unknown): after is { readonly reason: unknown } =>
  typeof after === "object" && after !== null && "reason" in after

function reasonIn(after: unknown): string {
  return hasReason(after) ? String(after.reason) : "a guardrail"
}
