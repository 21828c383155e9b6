import { z } from "zod"
import { alert, incident, millis, severity } from "../../core/index.ts"
import { diagnostic } from "./diagnostic.ts"

const ruleKind = z.enum(["intent", "cluster"])

// GET /correlation/rules
export const correlationRules = z.object({
  items: z.array(
    z.object({
      kind: ruleKind,
      id: z.string(),
      title: z.string(),
      description: z.string(),
      sentence: z.string().meta({ description: "What it says, in English" }),
      sources: z.array(z.string()).meta({ description: "Where the idea is from" }),
      enabled: z.boolean(),
    }),
  ),
})

// POST /correlation/preview
// A hundred rules have a third of this; reading it holds everybody else up for a second at most.
const maxRulesCharacters = 64 * 1024
/** Alerts that one preview looks at: some five seconds of one core. */
export const maxPreviewedAlerts = 100_000
export const newCorrelationPreview = z
  .strictObject({
    rules: z.string().max(maxRulesCharacters).meta({ description: "Intent and clustering rules in YAML" }),
    file: z.string().max(1000).default("rules").meta({ description: "What diagnostics call it" }),
    since: millis.int().optional().meta({ description: "Alerts not before; default: a week ago" }),
    until: millis.int().optional().meta({ description: "Alerts not after; default: now" }),
    limit: z.int().min(1).max(maxPreviewedAlerts).default(maxPreviewedAlerts).meta({ description: "Oldest first" }),
  })
  .meta({
    examples: [
      {
        rules:
          "rules:\n  - id: my/chain\n    title: Scan, then exploitation\n    stages:\n      - { name: scan, intents: [reconnaissance] }\n      - { name: exploitation, intents: [exploitation] }\n",
      },
    ],
  })
export const correlationPreview = z.discriminatedUnion("kind", [
  z
    .object({ kind: z.literal("bad"), diagnostics: z.array(diagnostic) })
    .meta({ description: "What is wrong with the rules" }),
  z.object({
    kind: z.literal("ok"),
    alerts: z.int().meta({ description: "How many were looked at" }),
    firstAt: millis.nullable(),
    lastAt: millis.nullable(),
    whole: z.boolean().meta({ description: "false: there are later alerts, that were not looked at" }),
    rules: z.array(
      z.object({
        kind: ruleKind,
        id: z.string(),
        title: z.string(),
        sentence: z.string(),
        made: z.int().meta({ description: "Incidents, or new alerts" }),
        attackers: z.int(),
        complete: z.int().meta({ description: "Incidents in which every stage was seen" }),
        severity: severity.nullable().meta({ description: "The highest" }),
      }),
    ),
    incidents: z.array(incident).meta({ description: "At most 200; the gravest first" }),
    clusters: z.array(alert).meta({ description: "At most 200; newest first" }),
  }),
])

// GET /alerts/:id/cluster-rule
export const clusterRuleDraft = z.object({
  rules: z.string().meta({ description: "A clustering rule in YAML, for alerts like this one" }),
  sentence: z.string(),
})

export type ClusterRuleDraft = z.infer<typeof clusterRuleDraft>
export type CorrelationPreview = z.infer<typeof correlationPreview>
export type CorrelationRuleList = z.infer<typeof correlationRules>
export type NewCorrelationPreview = z.output<typeof newCorrelationPreview>
