import { ruleId } from "../core/index.ts"
import { type IntentRule, intentRule } from "./intent-rule.ts"

/**
 * The chain that most intrusions through a public service follow (Lockheed Martin's Cyber Kill Chain from its first to its sixth step;
 * MITRE ATT&CK TA0043 → TA0001 → TA0003 → TA0011).
 */
export const defaultIntentRules: readonly IntentRule[] = [
  intentRule.parse({
    id: ruleId.parse("thwart/kill-chain"),
    title: "Attack chain in progress",
    description: "One attacker scans, exploits what was found, installs something that stays, and takes command of it.",
    stages: [
      { name: "scan", intents: ["reconnaissance"] },
      { name: "exploitation", intents: ["weaponization", "delivery", "exploitation"] },
      { name: "installation", intents: ["installation"] },
      { name: "command and control", intents: ["command-and-control", "actions-on-objectives"] },
    ],
  }),
]
