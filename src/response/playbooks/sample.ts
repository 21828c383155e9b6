import {
  type Alert,
  address,
  compareSeverity,
  type Incident,
  intents,
  type Millis,
  nodeId,
  type Playbook,
  ruleId,
  type Severity,
} from "../../core/index.ts"

/** An alert that the playbook's rule might raise, from an address of a network for documentation (RFC 5737). */
export function sampleAlert({ on, severity }: Playbook, now: Millis): Alert {
  const rule = on.kind === "alert" ? on.rule : ruleId.parse("sample")
  const attacker = address("203.0.113.66")
  const grave = graver(severity, "high")
  // The casts hold: both have the form of such ids.
  return {
    ...{
      id: "alr_sample" as Alert["id"],
      observation: "obs_sample" as Alert["observation"],
      at: now,
      sensor: "sample",
    },
    node: { id: nodeId.parse("sample"), kind: "container", name: "sample" },
    direction: "inbound",
    source: { address: attacker, port: 40_000 },
    destination: { address: address("192.0.2.1"), port: 443 },
    attacker,
    ...{ title: "A sample", severity: grave, classtype: "web-application-attack", intent: "exploitation" },
    ...{ tactic: "TA0001", technique: "T1190", score: 5, threshold: 5 },
    contributions: [{ rule, message: "A sample", severity: grave, score: 5, tags: [], matches: [] }],
    evidence: { summary: "a sample", request: null, response: null },
    origin: null,
    masked: false,
  }
}

/** An incident with as many stages as the playbook asks for. */
export function sampleIncident(playbook: Playbook, now: Millis): Incident {
  const alert = sampleAlert(playbook, now)
  const { on } = playbook
  const stages = on.kind === "incident" ? Math.max(3, on.minStages) : 3
  return {
    ...{ id: "inc_sample" as Incident["id"], version: 1, title: "A sample", status: "open" },
    rule: (on.kind === "incident" ? on.rule : null) ?? ruleId.parse("sample"),
    ...{ severity: alert.severity, attacker: alert.attacker, nodes: [alert.node] },
    stages: Array.from({ length: stages }, (_, index) => ({
      ...{ index, name: `stage ${index + 1}`, intent: intents[index % intents.length] ?? "exploitation" },
      ...{ tactic: null, technique: null, firstAt: now, lastAt: now, count: 1, alerts: [], because: "a sample" },
    })),
    ...{ stagesTotal: stages, complete: true, score: 15, startedAt: now, updatedAt: now },
  }
}

function graver(one: Severity, other: Severity): Severity {
  return compareSeverity(one, other) < 0 ? other : one
}
