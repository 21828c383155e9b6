import { z } from "zod"
import { classtype, duration, intent, millis, ruleId, severity } from "../core/index.ts"
import { alertFieldName } from "./alert-filter.ts"
import { criteriaFields } from "./stage-filter.ts"

/** Where the alerts of one cluster are: on one node of a kind, on the containers of one image, or anywhere. */
export const scopes = ["host", "container", "image", "pod", "everywhere"] as const
const dayMs = 86_400_000
// Each alert that counts is remembered until there are enough.
const maxCount = 1000

const clusterFields = {
  id: ruleId,
  /** Becomes the classtype of the new alert. */
  name: classtype,
  title: z.string().trim().min(1).max(200),
  description: z.string().max(2000).default(""),
  sources: z.array(z.url().max(500)).max(20).readonly().default([]),
  enabled: z.boolean().default(true),
  ...criteriaFields,
  scope: z.enum(scopes).default("everywhere"),
  /** So many alerts; or so many different values of `distinct`. */
  count: z.int().min(2).max(maxCount).default(10),
  distinct: alertFieldName.nullable().default(null),
  /** Alerts of one cluster agree in these. */
  groupBy: z.array(alertFieldName).max(10).readonly().default([]),
  /** Of the new alert; null: the highest of its alerts. */
  severity: severity.nullable().default(null),
  /** Of the new alert; null: the one of its alerts that is furthest in an attack. */
  intent: intent.nullable().default(null),
} as const

/** How far back alerts count; within it one new alert stands for a group. */
const windowMs = millis.min(1000).max(30 * dayMs)

/** Similar alerts that are seen as one. */
export const clusterRule = z.strictObject({ ...clusterFields, windowMs: windowMs.default(3_600_000) }).readonly()
export type ClusterRule = z.infer<typeof clusterRule>

/** As people write it. */
export const writtenClusterRule = z
  .strictObject({ ...clusterFields, window: duration.pipe(windowMs).default(3_600_000) })
  .transform(({ window, ...rest }): ClusterRule => ({ ...rest, windowMs: window }))
