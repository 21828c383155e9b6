import type { IncidentDetail } from "../../../../src/api/contract/index.ts"

/** A policy for attacks like this one, as YAML that a person goes on with. It asks before it acts. */
export function policyDraft({ rule, title, severity, stages }: IncidentDetail["incident"]): string {
  const tactics = [...new Set(stages.flatMap(({ tactic }) => tactic ?? []))]
  const name = rule.replace(/^thwart\//, "").replace(/[^a-zA-Z0-9-]+/g, "-")
  // JSON is YAML, whatever characters a rule has in its title.
  const lines: readonly (readonly [text: string, comment?: string])[] = [
    [`id: ${JSON.stringify(`block-${name}`)}`],
    [`name: ${JSON.stringify(`Block ${title}`.slice(0, 200))}`],
    ["mode: interactive", "it proposes, and a person decides; or monitor"],
    ["on:"],
    ["  kind: incident"],
    [`  rule: ${JSON.stringify(rule)}`, "null: any rule"],
    [`  minStages: ${Math.max(1, stages.length)}`],
    ...(tactics.length === 0
      ? []
      : [[`  tactics: [${tactics.join(", ")}]`, "one of its stages has one of these"] as const]),
    [`severity: ${severity}`, "the mildest that counts"],
    ["count: 1"],
    ["window: 10m"],
    ["direction: inbound", "or outbound, both"],
    ["action: block", "or limit (with rate: 100 packets/s), challenge"],
    ["for: 1h", "or forever"],
    ["enforcers: []", "empty: every one that runs"],
  ]
  return lines.map(([text, comment]) => (comment === undefined ? text : `${text.padEnd(35)} # ${comment}`)).join("\n")
}
