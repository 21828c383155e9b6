import {
  type AddressProposal,
  address,
  type Countermeasure,
  type CountermeasureId,
  type Incident,
  type IncidentId,
  type IncidentStatus,
  type Notice,
  nodeId,
  type PlaybookRun,
  type Proposal,
  playbookRun,
  policyId,
  prefix,
  ruleId,
  type Severity,
} from "../../core/index.ts"

export const start = 1_700_000_000_000
const node = { id: nodeId.parse("web1"), kind: "host", name: "web1" } as const
const names = ["scan", "exploitation", "installation", "command and control"]

// The casts below hold: the tests' own ids have the form that the schemas ask for.
export function incidentOf(
  name: string,
  version: number,
  {
    stages = 1,
    status = "open",
    severity = "high",
    title = "Attack chain in progress",
  }: { stages?: number; status?: IncidentStatus; severity?: Severity; title?: string } = {},
): Incident {
  return {
    id: `inc_${name}` as IncidentId,
    version,
    rule: ruleId.parse("thwart/kill-chain"),
    title,
    severity,
    status,
    attacker: address("203.0.113.66"),
    nodes: [node],
    stages: names.slice(0, stages).map((stage, index) => ({
      index,
      name: stage,
      intent: "reconnaissance",
      tactic: null,
      technique: null,
      firstAt: start,
      lastAt: start,
      count: 1,
      alerts: [],
      because: `It looked like ${stage}.`,
    })),
    stagesTotal: 4,
    complete: stages === 4,
    score: 10,
    startedAt: start,
    updatedAt: start + version * 1000,
  }
}

export function countermeasureOf(
  name: string,
  states: Readonly<Record<string, "pending" | "applied" | "failed" | "not-enforced">>,
  ended: Countermeasure["endReason"] = null,
): Countermeasure {
  return {
    id: `cm_${name}` as CountermeasureId,
    action: "block",
    direction: "inbound",
    target: prefix("203.0.113.66"),
    enforcers: ["nftables", "http"],
    severity: "high",
    reason: { by: "user:test", text: "password spraying", policy: null, incident: null, alerts: [] },
    createdAt: start,
    expiresAt: start + 3_600_000,
    endedAt: ended === null ? null : start,
    endReason: ended,
    endedBy: ended === null ? null : "user:test",
    reports: Object.entries(states).map(([enforcer, state]) => ({
      enforcer,
      state,
      reason: state === "failed" ? "nft exited with 1" : state === "not-enforced" ? "capacity" : null,
      since: start,
      checkedAt: start,
    })),
  }
}

const waiting = {
  policy: policyId.parse("ask"),
  state: "pending",
  severity: "high",
  reason: { by: "policy:ask", text: "password spraying", policy: policyId.parse("ask"), incident: null, alerts: [] },
  held: null,
  source: address("203.0.113.66"),
  node,
  count: 3,
  threshold: 3,
  windowMs: 60_000,
  firstAt: start,
  latestAt: start,
  createdAt: start,
  expiresAt: start + 86_400_000,
  outcome: null,
} as const

export function proposalOf(name: string, overrides: Partial<AddressProposal> = {}): Proposal {
  const wish = { action: "block", direction: "inbound", target: prefix("203.0.113.66") } as const
  return { id: `prp_${name}` as Proposal["id"], ...waiting, ...wish, ...overrides }
}

export const pausing: Proposal = {
  id: "prp_pause" as Proposal["id"],
  ...waiting,
  action: "pause",
  target: { id: nodeId.parse("shop-web"), kind: "container", name: "shop-web" },
}

export function runOf(name: string, overrides: Partial<PlaybookRun> = {}): PlaybookRun {
  const id = `run_${Buffer.from(name).toString("hex")}`
  const step = { step: 0, sentence: "notify soc", outcome: "done", reason: null, countermeasures: [] }
  const about = { subject: "address:203.0.113.66", attacker: "203.0.113.66", nodes: [node], severity: "info" }
  const of = { playbook: "shop/look", by: "playbook:shop/look", state: "done", at: start, updatedAt: start }
  const seen = { incident: null, policy: null, alerts: [], count: 1 }
  return { ...playbookRun.parse({ id, ...of, ...about, ...seen, steps: [step] }), ...overrides }
}

/** What an attacker would like to be read as something else. */
export const hostile =
  '<!channel> <https://evil.example|click> **bold** [link](https://evil.example) \u202e <b>x</b> & \r\nBcc: a@b.example "quoted" \u0000 \u001b[2J'

export function noticeOf(overrides: Partial<Notice> = {}): Notice {
  return {
    kind: "incident-opened",
    at: start,
    severity: "high",
    follows: null,
    subject: "inc_a",
    title: "High incident opened: Attack chain in progress",
    text: "203.0.113.66 reached the stage.",
    facts: [{ name: "Attacker", value: "203.0.113.66" }],
    path: "/incidents/inc_a",
    ...overrides,
  }
}
