import { z } from "zod"
import { classtype, duration, intent, millis, ruleId, severity, tactic, technique } from "../core/index.ts"
import { alertFieldName, alertFilterText } from "./alert-filter.ts"

const dayMs = 86_400_000

/** Which alerts are meant; an empty list asks for nothing, and every list that is not empty must agree. */
export const criteriaFields = {
  intents: z.array(intent).max(100).readonly().default([]),
  classtypes: z.array(classtype).max(1000).readonly().default([]),
  tactics: z.array(tactic).max(100).readonly().default([]),
  techniques: z.array(technique).max(1000).readonly().default([]),
  minSeverity: severity.default("info"),
  /** Ids of detection rules, one of which contributed; `name*` stands for all that begin so. */
  rules: z.array(ruleId).max(1000).readonly().default([]),
  /** In the event query language, over the fields of an alert. */
  filter: alertFilterText.nullable().default(null),
} as const
const criteria = z.object(criteriaFields).readonly()
export type Criteria = z.infer<typeof criteria>

// Each alert that counts is remembered until the stage is reached.
const maxCount = 1000

const stageFields = {
  name: z.string().min(1).max(100),
  ...criteriaFields,
  /** The stage is reached by so many alerts; or by so many different values of `distinct`. */
  count: z.int().min(1).max(maxCount).default(1),
  distinct: alertFieldName.nullable().default(null),
  /** The field by which an alert of this stage is found; null: that of the join. */
  from: alertFieldName.nullable().default(null),
  /** The field by which the alerts of the next stage are found; null: the same as `from`. */
  to: alertFieldName.nullable().default(null),
} as const

/** So many within this time, which slides; null: within the incident. */
const withinMs = millis.min(1000).max(30 * dayMs)

export const stageFilter = z.strictObject({ ...stageFields, withinMs: withinMs.nullable().default(null) }).readonly()
export type StageFilter = z.infer<typeof stageFilter>

/** As people write it. */
export const writtenStage = z
  .strictObject({ ...stageFields, within: duration.pipe(withinMs).nullable().default(null) })
  .transform(({ within, ...rest }): StageFilter => ({ ...rest, withinMs: within }))

const unlessFields = {
  name: z.string().min(1).max(100),
  ...criteriaFields,
  /** The field by which it is found; null: that of the join. */
  from: alertFieldName.nullable().default(null),
} as const

/** Alerts that make the incident none, when one of them follows in time. */
export const unlessFilter = z.strictObject({ ...unlessFields, withinMs }).readonly()
export type UnlessFilter = z.infer<typeof unlessFilter>

export const writtenUnless = z
  .strictObject({ ...unlessFields, within: duration.pipe(withinMs) })
  .transform(({ within, ...rest }): UnlessFilter => ({ ...rest, withinMs: within }))
