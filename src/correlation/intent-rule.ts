import { z } from "zod"
import { classtype, intent, millis, ruleId, severity, tactic, technique } from "../core/index.ts"

/** Which alerts are this stage; an empty list asks for nothing, and every list that is not empty must agree. */
export const stageFilter = z
  .strictObject({
    name: z.string().min(1).max(100),
    intents: z.array(intent).max(100).readonly().default([]),
    classtypes: z.array(classtype).max(1000).readonly().default([]),
    tactics: z.array(tactic).max(100).readonly().default([]),
    techniques: z.array(technique).max(1000).readonly().default([]),
    minSeverity: severity.default("info"),
  })
  .readonly()
export type StageFilter = z.infer<typeof stageFilter>

// A kill chain has seven steps; more than these is a mistake, and the work for one alert grows with their square.
const maxStages = 20
const dayMs = 86_400_000

export const ruleFields = {
  id: ruleId,
  title: z.string().min(1).max(200),
  description: z.string().max(2000).default(""),
  enabled: z.boolean().default(true),
  /** What the alerts of one incident have in common; `source`: the attacker. */
  join: z.enum(["source"]).default("source"),
  /** Each stage begins no earlier than the one before it. */
  order: z.enum(["ordered"]).default("ordered"),
  /** `any`: an attack may be seen first in its middle; stages before that count as not seen. */
  startsAt: z.enum(["any", "first"]).default("any"),
  /** An incident opens when so many different stages were seen. */
  opensAt: z.int().min(1).default(2),
  /** By how many stages were seen: the first for `opensAt`, and so on; the last holds for more. */
  severities: z.array(severity).min(1).max(maxStages).readonly().default(["high", "critical"]),
  stages: z.array(stageFilter).min(1).max(maxStages).readonly(),
} as const

/** From one alert to the next: a longer silence ends the incident, and what comes after it is another. */
export const windowMs = millis.min(1000).max(30 * dayMs)
/** How far behind the newest alert another may arrive and still take its exact place in time. */
export const lateMs = millis.max(3_600_000)

/** An attack as stages that one attacker goes through. */
export const intentRule = z
  .strictObject({ ...ruleFields, windowMs: windowMs.default(3_600_000), lateMs: lateMs.default(30_000) })
  .superRefine(checkRule)
  .readonly()
export type IntentRule = z.infer<typeof intentRule>

/** What must be true of a rule as a whole. */
export function checkRule(
  { stages, opensAt }: { readonly stages: readonly StageFilter[]; readonly opensAt: number },
  context: Pick<z.core.$RefinementCtx, "addIssue">,
): void {
  const fail = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message })
  if (stages.length > 0 && opensAt > stages.length)
    fail(["opensAt"], `opens at ${opensAt} stages, but there are only ${stages.length}`)
  for (const [index, { name }] of stages.entries()) {
    if (stages.findIndex((stage) => stage.name === name) < index)
      fail(["stages", index, "name"], `two stages have the name "${name}"`)
  }
}
