import { type AuditEntry, type BlockCountermeasure, type Countermeasure, type Proposal, prefix } from "../core/index.ts"
import { newBlock } from "./countermeasure.ts"
import { createQuarantineDecider } from "./decide-quarantine.ts"
import { type Circumstances, type Refusal, refusalAtEnforcement, refusalOf } from "./guardrails/index.ts"
import type { Parts } from "./parts.ts"
import type { NetworkTrigger, Trigger } from "./policies.ts"
import { prolonged } from "./prolong.ts"
import { reasonOf } from "./reason.ts"
import type { Proposed } from "./recommendations/propose.ts"
import { policySentence } from "./sentence.ts"
import { stanceOf } from "./stance.ts"
import type { Told } from "./told.ts"
import { createVoice } from "./voice.ts"

export interface Decisions {
  readonly countermeasures: readonly Countermeasure[]
  readonly audit: readonly AuditEntry[]
  /** How many of the countermeasures are new blocks, and new quarantines. */
  readonly made: number
  readonly quarantined: number
  readonly proposed: Proposed
  /** What was pending and is in force now. */
  readonly overtaken: readonly Proposal[]
}

/** What these triggers lead to: blocks and quarantines, new or longer, proposals, or an entry in the audit log that says why not. */
export function decide(
  triggers: readonly Trigger[],
  around: Circumstances,
  parts: Pick<Parts, "deps" | "wanted" | "memory" | "book" | "dismissals"> & { readonly told: Told },
): Decisions {
  const { deps, wanted, memory, dismissals } = parts
  const decided = new Map<string, BlockCountermeasure>()
  const voice = createVoice(parts)
  let made = 0

  const prolong = (trigger: NetworkTrigger, known: BlockCountermeasure) => {
    const longer = prolonged(known, trigger, { durationMs: trigger.policy.blockMs, now: deps.clock.now() })
    if (longer === undefined) return
    const refusal = refusalAtEnforcement({ target: known.target, by: "policy" }, around)
    if (refusal !== undefined) return voice.say(trigger, actionOf(refusal), { reason: refusal.reason })
    decided.set(known.target, longer)
    voice.say(trigger, "block prolonged", { countermeasure: longer.id, expiresAt: longer.expiresAt })
  }
  const block = (trigger: NetworkTrigger) => {
    const countermeasure = blockOf(trigger, deps)
    made++
    decided.set(countermeasure.target, countermeasure)
    voice.done(trigger, countermeasure, countermeasure.target)
  }
  const onAddress = (trigger: NetworkTrigger) => {
    const { policy } = trigger
    const stance = stanceOf(policy)
    const target = prefix(trigger.attacker)
    const known = decided.get(target) ?? wanted.activeFor(target, "inbound")
    if (known !== undefined) {
      if (stance === "act") prolong(trigger, known)
      return
    }
    const refusal = refusalOf({ target, by: "policy" }, { ...around, recentBlocks: around.recentBlocks + made })
    if (refusal?.kind === "refused") return voice.say(trigger, actionOf(refusal), { reason: refusal.reason })
    if (stance === "monitor" || stance === "ignore")
      voice.say(trigger, notDone[stance], { policy: policySentence(policy) })
    else if (stance === "propose" || refusal !== undefined) voice.propose(trigger, "block", refusal?.reason ?? null)
    else block(trigger)
  }

  const quarantines = createQuarantineDecider({ deps, wanted, around, voice })
  for (const trigger of triggers) {
    if (memory.knows(trigger) || dismissals.knows(trigger)) continue
    if (trigger.kind === "quarantine") quarantines.on(trigger)
    else onAddress(trigger)
  }
  return {
    countermeasures: [...decided.values(), ...quarantines.decided()],
    made,
    quarantined: quarantines.made(),
    ...voice.all(),
  }
}

const notDone = { monitor: "block not enforced (monitor)", ignore: "block ignored (always ignore)" } as const

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
