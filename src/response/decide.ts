import {
  type AuditEntry,
  type Countermeasure,
  compareSeverity,
  type Incident,
  type Millis,
  prefix,
  type Reason,
} from "../core/index.ts"
import { newCountermeasure } from "./countermeasure.ts"
import { type Circumstances, type Refusal, refusalAtEnforcement, refusalOf } from "./guardrails/index.ts"
import { auditOf, type Parts } from "./parts.ts"
import type { Trigger } from "./policies.ts"
import { policySentence } from "./sentence.ts"
import type { Told } from "./told.ts"
import { isLater } from "./wanted.ts"

export interface Decisions {
  readonly countermeasures: readonly Countermeasure[]
  readonly audit: readonly AuditEntry[]
  /** How many of the countermeasures are new. */
  readonly made: number
}

// Alerts that a countermeasure names; the incident has more.
const maxEvidence = 100

/** What these triggers lead to: blocks, longer blocks, or an entry in the audit log that says why not. */
export function decide(
  triggers: readonly Trigger[],
  around: Circumstances,
  { deps, wanted, memory, told }: Pick<Parts, "deps" | "wanted" | "memory"> & { readonly told: Told },
): Decisions {
  const decided = new Map<string, Countermeasure>()
  const audit: AuditEntry[] = []
  let made = 0

  const say = ({ policy, attacker, incident }: Trigger, action: string, after: object) => {
    if (!told.isNews(`${policy.id}\n${attacker}\n${action}`)) return
    const cause = { incident: incident?.id ?? null, ...after }
    audit.push(
      auditOf(
        deps,
        { who: `policy:${policy.id}`, from: null },
        { action, subject: `address:${attacker}`, before: null, after: cause },
      ),
    )
  }
  const prolong = (trigger: Trigger, known: Countermeasure) => {
    const longer = prolonged(known, trigger, deps.clock.now())
    if (longer === undefined) return
    const refusal = refusalAtEnforcement({ target: known.target, by: "policy" }, around)
    if (refusal !== undefined) return say(trigger, actionOf(refusal), { reason: refusal.reason })
    decided.set(known.target, longer)
    say(trigger, "block prolonged", { countermeasure: longer.id, expiresAt: longer.expiresAt })
  }
  const block = (trigger: Trigger) => {
    const { policy } = trigger
    const countermeasure = blockOf(trigger, deps)
    made++
    decided.set(countermeasure.target, countermeasure)
    const after = { target: countermeasure.target, expiresAt: countermeasure.expiresAt, reason: countermeasure.reason }
    const subject = `countermeasure:${countermeasure.id}`
    audit.push(
      auditOf(deps, { who: `policy:${policy.id}`, from: null }, { action: "block", subject, before: null, after }),
    )
  }

  for (const trigger of triggers) {
    if (memory.knows(trigger)) continue
    const target = prefix(trigger.attacker)
    const known = decided.get(target) ?? wanted.activeFor(target, "inbound")
    if (known !== undefined) {
      if (trigger.policy.mode === "automatic") prolong(trigger, known)
      continue
    }
    const refusal = refusalOf({ target, by: "policy" }, { ...around, recentBlocks: around.recentBlocks + made })
    if (refusal !== undefined) say(trigger, actionOf(refusal), { reason: refusal.reason })
    else if (trigger.policy.mode === "automatic") block(trigger)
    else say(trigger, actionsOf[trigger.policy.mode], { policy: policySentence(trigger.policy) })
  }
  return { countermeasures: [...decided.values()], audit, made }
}

const actionsOf = { monitor: "block not enforced (monitor)", interactive: "block proposed" } as const

function actionOf({ kind }: Refusal): string {
  return kind === "held" ? "block held" : "block refused"
}

function blockOf(trigger: Trigger, deps: Parts["deps"]): Countermeasure {
  const { policy, attacker, severity, incident, alerts } = trigger
  const reason: Reason = {
    by: `policy:${policy.id}`,
    text: `${policy.name}: ${policySentence(policy)}`,
    policy: policy.id,
    incident: incident?.id ?? null,
    alerts: incident === null ? alerts.slice(-maxEvidence) : evidenceOf(incident),
  }
  const wish = {
    target: prefix(attacker),
    direction: "inbound",
    enforcers: policy.enforcers,
    severity,
    reason,
  } as const
  return newCountermeasure(deps, wish, policy.blockMs)
}

/** The first of every stage, so that no stage fills the list alone. */
function evidenceOf({ stages }: Incident): Reason["alerts"] {
  const each = Math.max(1, Math.floor(maxEvidence / Math.max(1, stages.length)))
  return stages.flatMap((stage) => stage.alerts.slice(0, each))
}

/** Undefined when it would hardly last longer: an attack that goes on must not mean a change in every target with every alert. */
function prolonged(known: Countermeasure, trigger: Trigger, now: Millis): Countermeasure | undefined {
  const { policy, severity, incident } = trigger
  const until = policy.blockMs === null ? null : now + policy.blockMs
  const granularity = Math.max(1000, (policy.blockMs ?? 0) / 60)
  const gains = isLater(until, known.expiresAt === null ? null : known.expiresAt + granularity)
  const graver = compareSeverity(severity, known.severity) > 0
  const { reason } = known
  const adopts = incident !== null && reason.policy !== null && reason.incident === null
  if (!gains && !graver && !adopts) return undefined
  return {
    ...known,
    expiresAt: gains ? until : known.expiresAt,
    severity: graver ? severity : known.severity,
    reason: adopts ? { ...reason, incident: incident.id } : reason,
  }
}
