import { z } from "zod"
import { type AlertField, alertFields, millis, ruleId, severity, vulnerabilityId } from "../core/index.ts"
import { type StageFilter, stageFilter, type UnlessFilter, unlessFilter } from "./stage-filter.ts"

// A kill chain has seven steps; more than these is a mistake, and the work for one alert grows with their square.
export const maxStages = 20
const dayMs = 86_400_000

export const joins = ["source", "node", "adjacent", "everywhere"] as const
export type Join = (typeof joins)[number]

/** What must be known of a node that the attack touches: each part that is given must be so, for the node as a whole. */
const vulnerable = z
  .strictObject({
    minSeverity: severity.default("info"),
    /** At least so many vulnerabilities that fulfil the rest. */
    count: z.int().min(1).max(100_000).default(1),
    /** One of these. */
    ids: z.array(vulnerabilityId).max(1000).readonly().default([]),
    knownExploited: z.boolean().default(false),
    minEpss: z.number().min(0).max(1).default(0),
  })
  .readonly()
export type Vulnerable = z.infer<typeof vulnerable>

export const ruleFields = {
  id: ruleId,
  title: z.string().min(1).max(200),
  description: z.string().max(2000).default(""),
  /** Where the idea is from. */
  sources: z.array(z.url().max(500)).max(20).readonly().default([]),
  enabled: z.boolean().default(true),
  /**
   * What the alerts of one incident have in common: the attacker, the node, a node or one next to it, or nothing.
   * Two nodes are next to each other when an alert of the one came from or went to the other, or the topology says so.
   */
  join: z.enum(joins).default("source"),
  /** `ordered`: each stage begins no earlier than the one before it was reached. */
  order: z.enum(["ordered", "unordered"]).default("ordered"),
  /** `any`: an attack may be seen first in its middle; stages before that count as not seen. */
  startsAt: z.enum(["any", "first"]).default("any"),
  /** An incident opens when so many different stages were seen. */
  opensAt: z.int().min(1).default(2),
  /** By how many stages were seen: the first for `opensAt`, and so on; the last holds for more. */
  severities: z.array(severity).min(1).max(maxStages).readonly().default(["high", "critical"]),
  /** Only where a node of the incident is known to be vulnerable so. */
  vulnerable: vulnerable.nullable().default(null),
} as const

/** From one alert to the next: a longer silence ends the incident, and what comes after it is another. */
export const windowMs = millis.min(1000).max(30 * dayMs)
/** How far behind the newest alert another may arrive and still take its exact place in time. */
export const lateMs = millis.max(3_600_000)

/** An attack as stages that one attacker goes through. */
export const intentRule = z
  .strictObject({
    ...ruleFields,
    stages: z.array(stageFilter).min(1).max(maxStages).readonly(),
    /** No incident when this follows the stage that opens it; so it opens when the time for that is over. */
    unless: unlessFilter.nullable().default(null),
    windowMs: windowMs.default(3_600_000),
    lateMs: lateMs.default(30_000),
  })
  .superRefine(checkRule)
  .readonly()
export type IntentRule = z.infer<typeof intentRule>

interface Checked {
  readonly stages: readonly StageFilter[]
  readonly opensAt: number
  readonly order: "ordered" | "unordered"
  readonly startsAt: "any" | "first"
  readonly join: Join
  readonly unless: UnlessFilter | null
  readonly windowMs: number
  readonly lateMs: number
}

/** What must be true of a rule as a whole. */
export function checkRule(rule: Checked, context: Pick<z.core.$RefinementCtx, "addIssue">): void {
  const { stages, opensAt, unless, windowMs: window, lateMs: late } = rule
  const fail = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message })
  if (stages.length > 0 && opensAt > stages.length)
    fail(["opensAt"], `opens at ${opensAt} stages, but there are only ${stages.length}`)
  for (const [index, { name }] of stages.entries()) {
    if (stages.findIndex((stage) => stage.name === name) < index)
      fail(["stages", index, "name"], `two stages have the name "${name}"`)
  }
  if (unless !== null && unless.withinMs + late > window)
    fail(["unless", "within"], "is longer than the window less the time for late alerts, in which it could be seen")
  checkJoin(rule, fail)
}

function checkJoin(rule: Checked, fail: (path: PropertyKey[], message: string) => void): void {
  const { stages, join } = rule
  for (const [index, stage] of stages.entries())
    for (const end of ["from", "to"] as const) {
      const field = stage[end]
      if (field === null) continue
      if (join === "everywhere" || join === "adjacent")
        fail(["stages", index, end], `goes with the joins source and node, not with ${join}`)
      else if (alertFields.get(field)?.list === true)
        fail(["stages", index, end], `"${field}" has several values, and one is needed to join by`)
    }
  if (!isLinked(rule)) return
  const why =
    join === "adjacent"
      ? "a join of adjacent nodes"
      : 'a join where a stage leads on to another value ("to") than its own'
  if (rule.order !== "ordered") fail(["order"], `${why} needs stages in order`)
  if (rule.startsAt !== "first") fail(["startsAt"], `${why} begins at the first stage: startsAt: first`)
}

/** True when the stages of one attack need not have one value in common: each leads to those that the next is found by. */
export function isLinked({ join, stages }: Pick<Checked, "join" | "stages">): boolean {
  if (join === "adjacent") return true
  return stages.slice(0, -1).some((stage) => toField(stage, join) !== fromField(stage, join))
}

const joinFields: Readonly<Record<Join, AlertField | null>> = {
  source: "attacker",
  node: "node",
  adjacent: null,
  everywhere: null,
}

/** The field by which an alert of the stage is found; null where the join is by none. */
export const fromField = ({ from }: StageFilter, join: Join): AlertField | null => from ?? joinFields[join]
export const toField = (stage: StageFilter, join: Join): AlertField | null => stage.to ?? fromField(stage, join)
