import type { Clock, Millis, RuleException, RuleSwitch } from "../../core/index.ts"

export interface RulePolicyState {
  readonly switches: readonly RuleSwitch[]
  readonly exceptions: readonly RuleException[]
}

/** Which rules are off, and where exceptions hold, at this moment. Any number of detectors may follow one. */
export interface RulePolicy {
  /** The same object until something changes. */
  state(): RulePolicyState
  now(): Millis
}

export interface LiveRulePolicy extends RulePolicy {
  /** From the next observation on. */
  replace(state: RulePolicyState): void
}

export function createRulePolicy(clock: Clock): LiveRulePolicy {
  let state: RulePolicyState = { switches: [], exceptions: [] }
  return {
    state: () => state,
    now: clock.now,
    replace: (next) => {
      state = next
    },
  }
}
