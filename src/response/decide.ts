import { type AuditEntry, type BlockCountermeasure, type Countermeasure, type Proposal, prefix } from "../core/index.ts"
import { newBlock } from "./countermeasure.ts"
import { createQuarantineDecider } from "./decide-quarantine.ts"
import { type Circumstances, type Refusal, refusalAtEnforcement, refusalOf } from "./guardrails/index.ts"
import type { Parts } from "./parts.ts"
import { type Place, placeInWords, placesOf } from "./place.ts"
import { type NetworkTrigger, nodesSeen, type Trigger } from "./policies.ts"
import { prolonged } from "./prolong.ts"
import { reasonOf } from "./reason.ts"
import type { Proposed } from "./recommendations/propose.ts"
import { policySentence } from "./sentence.ts"
import { type Stance, stanceOf } from "./stance.ts"
import type { Told } from "./told.ts"
import { createVoice } from "./voice.ts"

export interface Decisions {
  readonly countermeasures: readonly Countermeasure[]
  readonly audit: readonly AuditEntry[]
  /** How many of the countermeasures are new blocks, and new quarantines. */
  readonly made: number
  readonly quarantined: number
  readonly proposed: Proposed
  /** True when nothing could be decided, and everything waits. */
  readonly isHeld?: boolean
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
    const intended = { target: known.target, by: "policy", nodes: nodesSeen(trigger) } as const
    const refusal = refusalAtEnforcement(intended, around)
    if (refusal !== undefined) return voice.say(trigger, actionOf(trigger, refusal), { reason: refusal.reason })
    decided.set(placeInWords(known), longer)
    voice.say(trigger, `${known.action} prolonged`, { countermeasure: longer.id, expiresAt: longer.expiresAt })
  }
  const block = (trigger: NetworkTrigger, place: Place) => {
    const countermeasure = blockOf(trigger, place, deps)
    decided.set(placeInWords(place), countermeasure)
    voice.done(trigger, countermeasure, place)
  }
  /** The places of a trigger that nothing holds yet; what is there lasts longer. */
  const missingPlaces = (trigger: NetworkTrigger, stance: Stance): readonly Place[] =>
    placesOf(trigger).filter((place) => {
      const known = decided.get(placeInWords(place)) ?? wanted.activeFor(place)
      if (known !== undefined && stance === "act") prolong(trigger, known)
      return known === undefined
    })
  const onAddress = (trigger: NetworkTrigger) => {
    const { policy, attacker } = trigger
    const stance = stanceOf(policy)
    if (policy.action === "ignore") return voice.say(trigger, passedOver[stance], { policy: policySentence(policy) })
    const missing = missingPlaces(trigger, stance)
    if (missing.length === 0) return
    const intended = { target: prefix(attacker), by: "policy", nodes: nodesSeen(trigger) } as const
    const refusal = refusalOf(intended, { ...around, recentBlocks: around.recentBlocks + made })
    if (refusal?.kind === "refused") return voice.say(trigger, actionOf(trigger, refusal), { reason: refusal.reason })
    if (stance === "monitor" || stance === "ignore")
      voice.say(trigger, `${policy.action} ${notDone[stance]}`, { policy: policySentence(policy) })
    else if (stance === "propose" || refusal !== undefined)
      voice.propose(trigger, policy.action, refusal?.reason ?? null)
    else {
      made++
      for (const place of missing) block(trigger, place)
    }
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

const notDone = { monitor: "not enforced (monitor)", ignore: "ignored (always ignore)" } as const

/** Of a policy that ignores, which only hides from others what it holds for, and that only in automatic mode. */
const passedOver: Readonly<Record<Stance, string>> = {
  act: "ignored",
  propose: "ignore proposed",
  monitor: "ignore not enforced (monitor)",
  ignore: "ignore not enforced (always ignore)",
}

function actionOf({ policy: { action } }: NetworkTrigger, { kind }: Refusal): string {
  return `${action} ${kind}`
}

function blockOf(trigger: NetworkTrigger, place: Place, deps: Parts["deps"]): BlockCountermeasure {
  const { policy, severity } = trigger
  const wish = { ...place, enforcers: policy.enforcers, severity, reason: reasonOf(trigger) }
  return newBlock(deps, wish, policy.blockMs)
}
