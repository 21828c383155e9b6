import { z } from "zod"
import {
  type Alert,
  type Classtype,
  classtype,
  compareSeverity,
  type Diagnostic,
  type Intent,
  intent,
  millis,
  type Parsed,
  parseYaml,
  ruleId,
  severity,
  tactic,
  technique,
} from "../core/index.ts"

/** Which alerts are this stage; an empty list asks for nothing, and every list that is not empty must agree. */
export const stageFilter = z
  .strictObject({
    name: z.string().min(1).max(100),
    intents: z.array(intent).readonly().default([]),
    classtypes: z.array(classtype).readonly().default([]),
    tactics: z.array(tactic).readonly().default([]),
    techniques: z.array(technique).readonly().default([]),
    minSeverity: severity.default("info"),
  })
  .readonly()
export type StageFilter = z.infer<typeof stageFilter>

/** An attack as an ordered list of stages that one attacker goes through within a window. */
export const intentRule = z
  .strictObject({
    id: ruleId,
    title: z.string().min(1).max(200),
    description: z.string().max(2000).default(""),
    enabled: z.boolean().default(true),
    /** From the first alert to the last. */
    windowMs: millis.default(3_600_000),
    /** How far behind the newest an alert may arrive and still take its place in time. */
    lateMs: millis.default(30_000),
    /** An incident opens when so many different stages were seen in order; it may be entered at any stage. */
    opensAt: z.int().min(1).default(2),
    /** By how many stages were seen: the first for `opensAt`, and so on; the last holds for more. */
    severities: z.array(severity).min(1).readonly().default(["high", "critical"]),
    stages: z.array(stageFilter).min(1).max(20).readonly(),
  })
  .readonly()
export type IntentRule = z.infer<typeof intentRule>

const rulesFile = z.strictObject({ rules: z.array(intentRule).max(1000) })

/** The intent rules of a YAML text, or everything that is wrong with it. */
export function parseIntentRules(text: string, file: string): Parsed<readonly IntentRule[]> {
  const parsed: Parsed<z.infer<typeof rulesFile>> = parseYaml(text, file, rulesFile)
  if (parsed.kind === "bad") return parsed
  const seen = new Set<string>()
  const diagnostics: Diagnostic[] = []
  for (const { id } of parsed.value.rules) {
    if (seen.has(id))
      diagnostics.push({
        code: "RULE_DUPLICATE",
        severity: "error",
        message: `two rules have the id "${id}"`,
        file,
        line: 1,
        column: 1,
      })
    seen.add(id)
  }
  return diagnostics.length > 0 ? { kind: "bad", diagnostics } : { kind: "ok", value: parsed.value.rules }
}

export function isStage(filter: StageFilter, alert: Alert): boolean {
  const { intents, classtypes, tactics, techniques, minSeverity } = filter
  return (
    (intents.length === 0 || intents.includes(alert.intent)) &&
    (classtypes.length === 0 || classtypes.includes(alert.classtype)) &&
    (tactics.length === 0 || (alert.tactic !== null && tactics.includes(alert.tactic))) &&
    (techniques.length === 0 || (alert.technique !== null && techniques.includes(alert.technique))) &&
    compareSeverity(alert.severity, minSeverity) >= 0
  )
}

/** The rule as an English sentence. */
export function sentenceOf(rule: IntentRule): string {
  const stages = rule.stages.map((stage) => `${wanted(stage)}`)
  return `When one attacker shows ${stages.join(", followed by ")} within ${Math.round(rule.windowMs / 60_000)} minutes, open "${rule.title}" at ${rule.opensAt} of ${rule.stages.length} stages.`
}

function wanted({ name, intents, classtypes, minSeverity }: StageFilter): string {
  const by: readonly (Intent | Classtype)[] = [...intents, ...classtypes]
  const what = by.length === 0 ? name : by.join(" or ")
  return minSeverity === "info" ? what : `${what} of ${minSeverity} severity or more`
}
