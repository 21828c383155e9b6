import {
  type AddressProposal,
  type Alert,
  type AlertId,
  type AuditEntry,
  address,
  type BlockCountermeasure,
  type CountermeasureId,
  type Incident,
  type IncidentId,
  nodeId,
  type Proposal,
  policyId,
  prefix,
  ruleId,
} from "../../core/index.ts"

const node = { id: nodeId.parse("web1"), kind: "host", name: "web1" } as const

// The casts below hold: the tests' own ids have the form that the schemas ask for.
export function alertAt(at: number, name: string, overrides: Partial<Alert> = {}): Alert {
  const attacker = overrides.attacker ?? address("203.0.113.66")
  return {
    id: `alr_${name}` as AlertId,
    at,
    observation: `obs_${name}` as Alert["observation"],
    sensor: "test",
    node,
    direction: "inbound",
    source: { address: attacker, port: 40_000 },
    destination: { address: address("192.0.2.1"), port: 80 },
    attacker,
    title: "SQL injection",
    severity: "high",
    classtype: "web-application-attack",
    intent: "exploitation",
    tactic: "TA0001",
    technique: "T1190",
    score: 5,
    threshold: 5,
    contributions: [],
    evidence: { summary: "GET /", request: null, response: null },
    origin: null,
    masked: false,
    ...overrides,
  }
}

export function incidentAt(at: number, name: string, overrides: Partial<Incident> = {}): Incident {
  return {
    id: `inc_${name}` as IncidentId,
    version: 1,
    rule: ruleId.parse("thwart/kill-chain"),
    title: "Attack chain in progress",
    severity: "high",
    status: "open",
    attacker: address("203.0.113.66"),
    nodes: [node],
    stages: [],
    stagesTotal: 4,
    complete: false,
    score: 10,
    startedAt: at,
    updatedAt: at,
    ...overrides,
  }
}

export function countermeasureAt(
  at: number,
  name: string,
  overrides: Partial<BlockCountermeasure> = {},
): BlockCountermeasure {
  return {
    id: `cm_${name}` as CountermeasureId,
    action: "block",
    direction: "inbound",
    target: prefix("203.0.113.66"),
    enforcers: ["test"],
    severity: "high",
    reason: { by: "user:test", text: "test", policy: null, incident: null, alerts: [] },
    createdAt: at,
    expiresAt: at + 60_000,
    endedAt: null,
    endReason: null,
    endedBy: null,
    reports: [],
    ...overrides,
  }
}

export function proposalAt(at: number, name: string, overrides: Partial<AddressProposal> = {}): Proposal {
  return {
    id: `prp_${name}` as Proposal["id"],
    policy: policyId.parse("test"),
    action: "block",
    direction: "inbound",
    target: prefix("203.0.113.66"),
    state: "pending",
    severity: "high",
    reason: { by: "policy:test", text: "test", policy: policyId.parse("test"), incident: null, alerts: [] },
    held: null,
    source: address("203.0.113.66"),
    node,
    count: 1,
    threshold: 1,
    windowMs: 60_000,
    firstAt: at,
    latestAt: at,
    createdAt: at,
    expiresAt: at + 86_400_000,
    outcome: null,
    ...overrides,
  }
}

export function auditAt(at: number, name: string): AuditEntry {
  return {
    id: `aud_${name}`,
    at,
    who: "user:test",
    from: "192.0.2.7",
    action: "block",
    subject: "address:203.0.113.66",
    before: null,
    after: { a: 1 },
  }
}
