import {
  durationInWords,
  type Millis,
  type Playbook,
  type PlaybookStep,
  type PlaybookTrigger,
  type QuarantineAction,
} from "../../core/index.ts"
import { type Filter, parseFilter } from "../../filter/index.ts"
import { type Occasion, playbookSchema } from "./occasion.ts"

/**
 * "When the rule 942100 raises an alert of any severity and the source address is outside 10.0.0.0/8 → block the attacker for 1 hour
 * with nftables; then, if the severity is "critical", pause the node for 1 hour".
 */
export function playbookSentence({ on, severity, when, steps }: Playbook): string {
  const condition = when === null ? "" : ` and ${conditionOf(when, on.kind)?.sentence ?? when}`
  const [first = "", ...more] = steps.map((step) => stepWithCondition(step, on.kind))
  return `When ${triggerInWords(on, severity)}${condition} → ${[first, ...more.map((step) => `then ${step}`)].join("; ")}`
}

/** Undefined for a condition that was not checked when it was read. */
export function conditionOf(text: string, kind: PlaybookTrigger["kind"]): Filter<Occasion> | undefined {
  const parsed = parseFilter(text, playbookSchema[kind])
  return parsed.kind === "ok" ? parsed.filter : undefined
}

function triggerInWords(on: PlaybookTrigger, severity: Playbook["severity"]): string {
  const grave = severity === "info" ? "any severity" : `severity ${severity} or graver`
  switch (on.kind) {
    case "alert":
      return `the rule ${on.rule} raises an alert of ${grave}`
    case "policy":
      return `the policy ${on.policy} decides about ${grave}`
    case "incident": {
      const of = on.rule === null ? "" : ` of ${on.rule}`
      const stages = on.minStages === 1 ? "" : ` has at least ${on.minStages} stages and`
      return `an incident${of}${stages} is of ${grave}`
    }
  }
}

function stepWithCondition(step: PlaybookStep, kind: PlaybookTrigger["kind"]): string {
  const condition = step.when === null ? "" : `if ${conditionOf(step.when, kind)?.sentence ?? step.when}, `
  return condition + stepSentence(step)
}

/** "block the source for 1 hour with nftables": the step without its condition. */
export function stepSentence(step: PlaybookStep): string {
  switch (step.kind) {
    case "block": {
      const outbound = step.direction === "outbound" ? " (what is sent to it)" : ""
      return `block the ${step.end}${outbound} ${forHowLong(step.forMs)}${withWhat(step.enforcers)}`
    }
    case "quarantine":
      return `${quarantineInWords(step.action, step.forMs)}${withWhat(step.enforcers)}`
    case "status":
      return `call the incident ${step.status}`
    case "assign":
      return `assign the incident to ${step.to}`
    case "comment":
      return `note on the incident "${step.text}"`
    case "notify":
      return `notify ${step.target}${step.text === null ? "" : ` "${step.text}"`}`
  }
}

function quarantineInWords(action: QuarantineAction, forMs: Millis | null): string {
  if (action === "restart" || action === "remove") return `${action} the node (this has no way back)`
  const what = action === "isolate" ? "isolate the node from its networks" : `${action} the node`
  return `${what} ${forHowLong(forMs)}`
}

function forHowLong(ms: Millis | null): string {
  return ms === null ? "until someone ends it" : `for ${durationInWords(ms)}`
}

function withWhat(enforcers: readonly string[]): string {
  return enforcers.length === 0 ? "" : ` with ${enforcers.join(" and ")}`
}
