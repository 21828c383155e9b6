import { type AuditEntry, type BlockCountermeasure, type Countermeasure, prefix } from "../core/index.ts"
import { newBlock } from "./countermeasure.ts"
import { createQuarantineDecider } from "./decide-quarantine.ts"
import { type Circumstances, type Refusal, refusalAtEnforcement, refusalOf } from "./guardrails/index.ts"
import { auditOf, type Parts } from "./parts.ts"
import { type Place, placeInWords, placesOf } from "./place.ts"
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
    const refusal = refusalAtEnforcement({ target: known.target, by: "policy" }, around)
    if (refusal !== undefined) return say(trigger, actionOf(trigger, refusal), { reason: refusal.reason })
    decided.set(placeInWords(known), longer)
    say(trigger, `${known.action} prolonged`, { countermeasure: longer.id, expiresAt: longer.expiresAt })
  }
  const block = (trigger: NetworkTrigger, place: Place) => {
    const { policy } = trigger
    const countermeasure = blockOf(trigger, place, deps)
    decided.set(placeInWords(place), countermeasure)
    const after = { ...place, expiresAt: countermeasure.expiresAt, reason: countermeasure.reason }
    const subject = `countermeasure:${countermeasure.id}`
    audit.push(
      auditOf(deps, { who: `policy:${policy.id}`, from: null }, { action: place.action, subject, before: null, after }),
    )
  }

  const quarantines = createQuarantineDecider({ deps, wanted, around, say })
  for (const trigger of triggers) {
    if (memory.knows(trigger)) continue
    if (trigger.kind === "quarantine") {
      quarantines.on(trigger)
      continue
    }
    const { policy } = trigger
    if (policy.action === "ignore") {
      say(trigger, policy.mode === "automatic" ? "ignored" : actionsOf[policy.mode](policy), {
        policy: policySentence(policy),
      })
      continue
    }
    const missing: Place[] = []
    for (const place of placesOf(trigger)) {
      const known = decided.get(placeInWords(place)) ?? wanted.activeFor(place)
      if (known === undefined) missing.push(place)
      else if (policy.mode === "automatic") prolong(trigger, known)
    }
    if (missing.length === 0) continue
    const intended = { target: prefix(trigger.attacker), by: "policy" } as const
    const refusal = refusalOf(intended, { ...around, recentBlocks: around.recentBlocks + made })
    if (refusal !== undefined) say(trigger, actionOf(trigger, refusal), { reason: refusal.reason })
    else if (policy.mode === "automatic") {
      made++
      for (const place of missing) block(trigger, place)
    } else say(trigger, actionsOf[policy.mode](policy), { policy: policySentence(policy) })
  }
  return {
    countermeasures: [...decided.values(), ...quarantines.decided()],
    audit: [...audit, ...quarantines.audit()],
    made,
    quarantined: quarantines.made(),
  }
}

const actionsOf = {
  monitor: ({ action }: NetworkTrigger["policy"]) => `${action} not enforced (monitor)`,
  interactive: ({ action }: NetworkTrigger["policy"]) => `${action} proposed`,
} as const

function actionOf({ policy: { action } }: NetworkTrigger, { kind }: Refusal): string {
  return `${action} ${kind}`
}

function blockOf(trigger: NetworkTrigger, place: Place, deps: Parts["deps"]): BlockCountermeasure {
  const { policy, severity } = trigger
  const wish = { ...place, enforcers: policy.enforcers, severity, reason: reasonOf(trigger) }
  return newBlock(deps, wish, policy.blockMs)
}
