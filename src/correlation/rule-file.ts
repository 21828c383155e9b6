import { z } from "zod"
import { duration, type Parsed, parseYaml } from "../core/index.ts"
import { type ClusterRule, writtenClusterRule } from "./cluster-rule.ts"
import { checkRule, type IntentRule, lateMs, maxStages, ruleFields, windowMs } from "./intent-rule.ts"
import { writtenStage, writtenUnless } from "./stage-filter.ts"

/** A rule as people write it: lengths of time with their unit. */
const writtenRule = z
  .strictObject({
    ...ruleFields,
    stages: z.array(writtenStage).min(1).max(maxStages).readonly(),
    unless: writtenUnless.nullable().default(null),
    window: duration.pipe(windowMs).default(3_600_000),
    late: duration.pipe(lateMs).default(30_000),
  })
  .transform(({ window, late, ...rest }): IntentRule => ({ ...rest, windowMs: window, lateMs: late }))
  .superRefine(checkRule)

// Far more than anybody reads; each alert is held against every rule.
const maxRules = 1000

const rulesFile = z
  .strictObject({
    /** Intent rules. */
    rules: z.array(writtenRule).max(maxRules).readonly().default([]),
    /** Clustering rules. */
    clusters: z.array(writtenClusterRule).max(maxRules).readonly().default([]),
  })
  .superRefine((file, context) => {
    const seen = new Set<string>()
    for (const list of ["rules", "clusters"] as const)
      for (const [index, { id }] of file[list].entries()) {
        if (seen.has(id))
          context.addIssue({ code: "custom", path: [list, index, "id"], message: `two rules have the id "${id}"` })
        seen.add(id)
      }
  })

/** What correlation goes by. */
export interface CorrelationRules {
  readonly rules: readonly IntentRule[]
  readonly clusters: readonly ClusterRule[]
}

/** The intent and clustering rules of a YAML text, or everything that is wrong with it, each with its line and column. */
export function parseCorrelationRules(text: string, file: string): Parsed<CorrelationRules> {
  const parsed: Parsed<z.output<typeof rulesFile>> = parseYaml(text, file, rulesFile)
  return parsed
}
