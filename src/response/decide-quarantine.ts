import { nodeInWords, type QuarantineCountermeasure } from "../core/index.ts"
import { newQuarantine } from "./countermeasure.ts"
import { type Circumstances, quarantineRefusalAtEnforcement, quarantineRefusalOf } from "./guardrails/index.ts"
import type { Parts } from "./parts.ts"
import type { QuarantineTrigger } from "./policies.ts"
import { prolonged } from "./prolong.ts"
import { reasonOf } from "./reason.ts"
import { policySentence } from "./sentence.ts"
import { stanceOf } from "./stance.ts"
import type { Voice } from "./voice.ts"

export interface QuarantineDecider {
  on(trigger: QuarantineTrigger): void
  decided(): readonly QuarantineCountermeasure[]
  /** How many are new. */
  made(): number
}

export interface QuarantineDeps extends Pick<Parts, "deps" | "wanted"> {
  readonly around: Circumstances
  readonly voice: Voice
}

/** As the decisions on blocks: one quarantine for each node and action, and it lasts longer while its cause goes on. */
export function createQuarantineDecider({ deps, wanted, around, voice }: QuarantineDeps): QuarantineDecider {
  const decided = new Map<string, QuarantineCountermeasure>()
  let made = 0

  const prolong = (trigger: QuarantineTrigger, known: QuarantineCountermeasure) => {
    const longer = prolonged(known, trigger, { durationMs: trigger.policy.holdMs, now: deps.clock.now() })
    if (longer === undefined) return
    const refusal = quarantineRefusalAtEnforcement(trigger, around)
    if (refusal !== undefined) return voice.say(trigger, "quarantine refused", { reason: refusal.reason })
    decided.set(keyOf(trigger), longer)
    voice.say(trigger, "quarantine prolonged", { countermeasure: longer.id, expiresAt: longer.expiresAt })
  }
  const quarantine = (trigger: QuarantineTrigger) => {
    const { policy, node, severity } = trigger
    const wish = { node, action: policy.action, enforcers: policy.enforcers, severity, reason: reasonOf(trigger) }
    const countermeasure = newQuarantine(deps, wish, policy.holdMs)
    made++
    decided.set(keyOf(trigger), countermeasure)
    voice.done(trigger, countermeasure, { target: nodeInWords(node) })
  }

  return {
    on: (trigger) => {
      const { policy, node } = trigger
      const stance = stanceOf(policy)
      const known = decided.get(keyOf(trigger)) ?? wanted.quarantineOf(node.id, policy.action)
      if (known !== undefined) {
        if (stance === "act") prolong(trigger, known)
        return
      }
      const refusal = quarantineRefusalOf(trigger, { ...around, recentQuarantines: around.recentQuarantines + made })
      if (refusal?.kind === "refused") voice.say(trigger, "quarantine refused", { reason: refusal.reason })
      else if (stance === "monitor" || stance === "ignore")
        voice.say(trigger, notDone[stance], { policy: policySentence(policy) })
      else if (stance === "propose" || refusal !== undefined)
        voice.propose(trigger, "quarantine", refusal?.reason ?? null)
      else quarantine(trigger)
    },
    decided: () => [...decided.values()],
    made: () => made,
  }
}

const notDone = {
  monitor: "quarantine not enforced (monitor)",
  ignore: "quarantine ignored (always ignore)",
} as const

function keyOf({ policy, node }: QuarantineTrigger): string {
  return `${policy.action} ${node.id}`
}
