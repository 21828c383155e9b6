import { durationInWords, type NetworkPolicy } from "../core/index.ts"

/** "1 High incident with at least 3 stages in 10 minutes → block the address for 1 hour". */
export function policySentence({ on, severity, count, windowMs, blockMs }: NetworkPolicy): string {
  const grave = severity.charAt(0).toUpperCase() + severity.slice(1)
  const many = count === 1 ? "" : "s"
  const what =
    on.kind === "incident"
      ? `${count} ${grave} incident${many}${on.rule === null ? "" : ` of ${on.rule}`} with at least ${on.minStages} ${on.minStages === 1 ? "stage" : "stages"}`
      : `${count} ${grave} alert${many}${alertCriteria(on)}`
  return `${what} in ${durationInWords(windowMs)} → block the address ${blockMs === null ? "until someone ends it" : `for ${durationInWords(blockMs)}`}`
}

function alertCriteria(on: Extract<NetworkPolicy["on"], { kind: "alert" }>): string {
  const named: readonly (readonly [string, readonly string[]])[] = [
    ["intent", on.intents],
    ["classtype", on.classtypes],
    ["tactic", on.tactics],
    ["technique", on.techniques],
  ]
  const parts = named.filter(([, values]) => values.length > 0).map(([name, values]) => `${name} ${values.join(", ")}`)
  return parts.length === 0 ? "" : ` with ${parts.join(" and ")}`
}
