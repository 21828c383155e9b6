import { type AuditEntry, nodeInWords, type QuarantineCountermeasure } from "../core/index.ts"
import { newQuarantine } from "./countermeasure.ts"
import { type Circumstances, quarantineRefusalAtEnforcement, quarantineRefusalOf } from "./guardrails/index.ts"
import { auditOf, type Parts } from "./parts.ts"
import type { QuarantineTrigger } from "./policies.ts"
import { prolonged } from "./prolong.ts"
import { reasonOf } from "./reason.ts"
import { policySentence } from "./sentence.ts"

export interface QuarantineDecider {
  on(trigger: QuarantineTrigger): void
  decided(): readonly QuarantineCountermeasure[]
  audit(): readonly AuditEntry[]
  /** How many are new. */
  made(): number
}

export interface QuarantineDeps extends Pick<Parts, "deps" | "wanted"> {
  readonly around: Circumstances
  /** An entry in the audit log, unless the same was said a moment ago. */
  readonly say: (trigger: QuarantineTrigger, action: string, after: object) => void
}

/** As the decisions on blocks: one quarantine for each node and action, and it lasts longer while its cause goes on. */
export function createQuarantineDecider({ deps, wanted, around, say }: QuarantineDeps): QuarantineDecider {
  const decided = new Map<string, QuarantineCountermeasure>()
  const audit: AuditEntry[] = []
  let made = 0

  const prolong = (trigger: QuarantineTrigger, known: QuarantineCountermeasure) => {
    const longer = prolonged(known, trigger, { durationMs: trigger.policy.holdMs, now: deps.clock.now() })
    if (longer === undefined) return
    const refusal = quarantineRefusalAtEnforcement(trigger, around)
    if (refusal !== undefined) return say(trigger, "quarantine refused", { reason: refusal.reason })
    decided.set(keyOf(trigger), longer)
    say(trigger, "quarantine prolonged", { countermeasure: longer.id, expiresAt: longer.expiresAt })
  }
  const quarantine = (trigger: QuarantineTrigger) => {
    const { policy, node, severity } = trigger
    const wish = { node, action: policy.action, enforcers: policy.enforcers, severity, reason: reasonOf(trigger) }
    const countermeasure = newQuarantine(deps, wish, policy.holdMs)
    made++
    decided.set(keyOf(trigger), countermeasure)
    const after = { target: nodeInWords(node), expiresAt: countermeasure.expiresAt, reason: countermeasure.reason }
    const subject = `countermeasure:${countermeasure.id}`
    audit.push(
      auditOf(
        deps,
        { who: `policy:${policy.id}`, from: null },
        { action: policy.action, subject, before: null, after },
      ),
    )
  }

  return {
    on: (trigger) => {
      const { policy, node } = trigger
      const known = decided.get(keyOf(trigger)) ?? wanted.quarantineOf(node.id, policy.action)
      if (known !== undefined) {
        if (policy.mode === "automatic") prolong(trigger, known)
        return
      }
      const refusal = quarantineRefusalOf(trigger, {
        ...around,
        recentQuarantines: around.recentQuarantines + made,
      })
      if (refusal !== undefined) say(trigger, `quarantine ${refusal.kind}`, { reason: refusal.reason })
      else if (policy.mode === "automatic") quarantine(trigger)
      else say(trigger, actionsOf[policy.mode], { policy: policySentence(policy) })
    },
    decided: () => [...decided.values()],
    audit: () => audit,
    made: () => made,
  }
}

const actionsOf = { monitor: "quarantine not enforced (monitor)", interactive: "quarantine proposed" } as const

function keyOf({ policy, node }: QuarantineTrigger): string {
  return `${policy.action} ${node.id}`
}
