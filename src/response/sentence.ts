import { durationInWords, type NetworkPolicy, type Policy, type QuarantinePolicy } from "../core/index.ts"
import { criteriaInWords } from "./criteria.ts"

/**
 * "1 High incident with at least 3 stages in 10 minutes → block the address for 1 hour", or
 * "3 High alerts with tactic Command and Control in 10 minutes → pause the container for 1 hour".
 */
export function policySentence(policy: Policy): string {
  const action = policy.kind === "quarantine" ? quarantineInWords(policy) : blockInWords(policy)
  return `${criteriaInWords(policy)} in ${durationInWords(policy.windowMs)} → ${action}`
}

function blockInWords({ blockMs }: NetworkPolicy): string {
  return `block the address ${forHowLong(blockMs)}`
}

function quarantineInWords({ action, nodeKind, holdMs }: QuarantinePolicy): string {
  const node = nodeKind === "vm" ? "virtual machine" : nodeKind
  switch (action) {
    case "restart":
      return `restart the ${node}, ${holdMs === null ? "once" : `at most once in ${durationInWords(holdMs)}`} (this has no way back)`
    case "remove":
      return `remove the ${node} (this has no way back)`
    case "isolate":
      return `isolate the ${node} from its networks ${forHowLong(holdMs)}`
    case "pause":
    case "stop":
      return `${action} the ${node} ${forHowLong(holdMs)}`
  }
}

function forHowLong(ms: number | null): string {
  return ms === null ? "until someone ends it" : `for ${durationInWords(ms)}`
}
