import { type AuditEntry, type BlockCountermeasure, type Countermeasure, prefix } from "../core/index.ts"
import { newBlock } from "./countermeasure.ts"
import { createQuarantineDecider } from "./decide-quarantine.ts"
import { type Circumstances, type Refusal, refusalAtEnforcement, refusalOf } from "./guardrails/index.ts"
import { auditOf, type Parts } from "./parts.ts"
import { type NetworkTrigger, type Trigger, triggerSubject } from "./policies.ts"
import { prolonged } from "./prolong.ts"
import { reasonOf } from "./reason.ts"
import { policySentence } from "./sentence.ts"
import type { Told } from "./told.ts"

export interface Decisions {
  readonly countermeasures: readonly Countermeasure[]
  readonly audit: readonly AuditEntry[]
  /** How many of the countermeasures are new blocks, and new quarantines. */
  readonly made: number
  readonly quarantined: number
}

/** What these triggers lead to: blocks and quarantines, new or longer, or an entry in the audit log that says why not. */
export function decide(
  triggers: readonly Trigger[],
  around: Circumstances,
  { deps, wanted, memory, told }: Pick<Parts, "deps" | "wanted" | "memory"> & { readonly told: Told },
): Decisions {
  const decided = new Map<string, BlockCountermeasure>()
  const audit: AuditEntry[] = []
  let made = 0

  const say = (trigger: Trigger, action: string, after: object) => {
    const { policy, incident } = trigger
    const subject = triggerSubject(trigger)
    if (!told.isNews(`${policy.id}\n${subject}\n${action}`)) return
    const cause = { incident: incident?.id ?? null, ...after }
    audit.push(
      auditOf(deps, { who: `policy:${policy.id}`, from: null }, { action, subject, before: null, after: cause }),
    )
  }
  const prolong = (trigger: NetworkTrigger, known: BlockCountermeasure) => {
    const longer = prolonged(known, trigger, { durationMs: trigger.policy.blockMs, now: deps.clock.now() })
    if (longer === undefined) return
    const refusal = refusalAtEnforcement({ target: known.target, by: "policy", nodes: trigger.nodes }, around)
    if (refusal !== undefined) return say(trigger, actionOf(refusal), { reason: refusal.reason })
    decided.set(known.target, longer)
    say(trigger, "block prolonged", { countermeasure: longer.id, expiresAt: longer.expiresAt })
  }
  const block = (trigger: NetworkTrigger) => {
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

  const quarantines = createQuarantineDecider({ deps, wanted, around, say })
  for (const trigger of triggers) {
    if (memory.knows(trigger)) continue
    if (trigger.kind === "quarantine") {
      quarantines.on(trigger)
      continue
    }
    const target = prefix(trigger.attacker)
    const known = decided.get(target) ?? wanted.activeFor(target, "inbound")
    if (known !== undefined) {
      if (trigger.policy.mode === "automatic") prolong(trigger, known)
      continue
    }
    const refusal = refusalOf(
      { target, by: "policy", nodes: trigger.nodes },
      { ...around, recentBlocks: around.recentBlocks + made },
    )
    if (refusal !== undefined) say(trigger, actionOf(refusal), { reason: refusal.reason })
    else if (trigger.policy.mode === "automatic") block(trigger)
    else say(trigger, actionsOf[trigger.policy.mode], { policy: policySentence(trigger.policy) })
  }
  return {
    countermeasures: [...decided.values(), ...quarantines.decided()],
    audit: [...audit, ...quarantines.audit()],
    made,
    quarantined: quarantines.made(),
  }
}

const actionsOf = { monitor: "block not enforced (monitor)", interactive: "block proposed" } as const

function actionOf({ kind }: Refusal): string {
  return kind === "held" ? "block held" : "block refused"
}

function blockOf(trigger: NetworkTrigger, deps: Parts["deps"]): BlockCountermeasure {
  const { policy, attacker, severity } = trigger
  const wish = {
    target: prefix(attacker),
    direction: "inbound",
    enforcers: policy.enforcers,
    severity,
    reason: reasonOf(trigger),
  } as const
  return newBlock(deps, wish, policy.blockMs)
}
