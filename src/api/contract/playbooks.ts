import { z } from "zod"
import {
  alertId,
  incidentId,
  millis,
  playbook,
  playbookId,
  playbookRun,
  runStates,
  stepResult,
} from "../../core/index.ts"

// GET /playbooks, GET /playbooks/:id, PUT /playbooks, DELETE /playbooks/:id, POST /playbooks/:id/enable and /disable
export const shownPlaybook = z.object({
  playbook,
  sentence: z.string().meta({ description: "What it says, in English" }),
  file: z.string().nullable().meta({ description: "Where it stands; null: in the store" }),
  problems: z.array(z.string()).meta({ description: "What of it can't work here as things are" }),
})
export const playbooks = z.object({ items: z.array(shownPlaybook) })

const maxTextCharacters = 500_000
const yaml = {
  text: z.string().min(1).max(maxTextCharacters).meta({ description: "YAML, as in files of playbooks" }),
  file: z.string().min(1).max(1000).default("playbooks").meta({ description: "How mistakes name it" }),
}
export const newPlaybooks = z
  .strictObject(yaml)
  .meta({ examples: [{ text: "- { rule: thwart/ssh-bruteforce, network-acl: acl-0123456789abcdef0 }" }] })

// POST /playbooks/:id/dry-run, POST /playbooks/dry-run
const evidence = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("alert"), id: alertId }),
    z.strictObject({ kind: z.literal("incident"), id: incidentId }),
    z.strictObject({ kind: z.literal("sample") }),
  ])
  .meta({ description: "What it is tried on; the sample is made up" })
export const dryRunOf = z.strictObject({ evidence })
export const tryText = z.strictObject({ ...yaml, evidence })

export const dryRun = z.object({
  playbook: playbookId,
  sentence: z.string(),
  mode: playbook.unwrap().shape.mode,
  evidence: z.string(),
  whyNot: z.array(z.string()).meta({ description: "Why it would not run at all; empty when it would" }),
  steps: z.array(
    stepResult.unwrap().extend({
      target: z.string().nullable(),
      calls: z.array(
        z.object({
          enforcer: z.string(),
          calls: z.array(z.object({ call: z.string(), body: z.unknown() })),
          note: z.string().nullable(),
        }),
      ),
    }),
  ),
})
export const dryRuns = z.object({ items: z.array(dryRun) })

// GET /playbook-runs, POST /playbook-runs/:id/decision
export const playbookRunsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100).meta({ description: "How many at most" }),
  cursor: z.string().max(500).optional().meta({ description: "`next` of the page before" }),
  playbook: playbookId.optional(),
  state: z.enum(runStates).optional(),
  since: z.coerce.number().pipe(millis.int()).optional().meta({ description: "Not before" }),
})
export const playbookRunPage = z.object({ items: z.array(playbookRun), next: z.string().nullable() })
export const decideRun = z.strictObject({ accept: z.boolean() })

export type DryRunBody = z.infer<typeof dryRun>
export type PlaybookRunPage = z.infer<typeof playbookRunPage>
export type Playbooks = z.infer<typeof playbooks>
export type ShownPlaybook = z.infer<typeof shownPlaybook>
