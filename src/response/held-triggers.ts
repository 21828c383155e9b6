import { type Trigger, triggerSubject } from "./policies.ts"

/** Triggers that nothing could be decided about yet: one for each policy and address or node, the newest. */
export interface HeldTriggers {
  hold(triggers: readonly Trigger[]): void
  /** Gives them out once. */
  release(): readonly Trigger[]
}

// They wait while the allowlist can't be read, which is short or is seen. Beyond, the attack's next alert triggers again.
const maxHeld = 10_000

export function createHeldTriggers(): HeldTriggers {
  let held = new Map<string, Trigger>()
  return {
    hold: (triggers) => {
      for (const trigger of triggers) {
        const key = `${trigger.policy.id}\n${triggerSubject(trigger)}`
        if (held.size < maxHeld || held.has(key)) held.set(key, trigger)
      }
    },
    release: () => {
      const triggers = [...held.values()]
      held = new Map()
      return triggers
    },
  }
}
