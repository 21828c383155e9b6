import { durationInWords, type NetworkPolicy, type Policy, type QuarantinePolicy, rateInWords } from "../core/index.ts"
import { criteriaInWords } from "./criteria.ts"

/**
 * "1 High incident with at least 3 stages in 10 minutes → block the address for 1 hour", or
 * "3 High alerts with tactic Command and Control in 10 minutes → pause the container for 1 hour".
 */
export function policySentence(policy: Policy): string {
  const action = policy.kind === "quarantine" ? quarantineInWords(policy) : blockInWords(policy)
  return `${criteriaInWords(policy)}${scopeInWords(policy)} in ${durationInWords(policy.windowMs)} → ${action}`
}

function blockInWords({ action, direction, rate, blockMs }: NetworkPolicy): string {
  const way = { inbound: "", outbound: "traffic to ", both: "traffic from and to " }[direction]
  switch (action) {
    case "ignore":
      return "ignore it: no other network policy acts on it"
    case "limit":
      return `limit ${way === "" ? "traffic from " : way}the address to ${rate === null ? "nothing" : rateInWords(rate)} ${forHowLong(blockMs)}`
    case "block":
    case "challenge":
      return `${action} ${way}the address ${forHowLong(blockMs)}`
  }
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

function scopeInWords({ scope: { nodes, tags } }: Policy): string {
  const named = [...(nodes.length === 0 ? [] : [nodes.join(", ")]), ...tags.map((tag) => `nodes tagged ${tag}`)]
  return named.length === 0 ? "" : ` on ${named.join(" or ")}`
}
