import { z } from "zod"

/** Ascending. */
export const severities = ["info", "low", "medium", "high", "critical"] as const
export const severity = z.enum(severities)
export type Severity = z.infer<typeof severity>

/** Negative when `a` is milder than `b`, 0 when equal. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b)
}

/** The attacker's purpose, in the order in which an attack moves through them. */
export const intents = [
  "reconnaissance",
  "weaponization",
  "delivery",
  "exploitation",
  "installation",
  "command-and-control",
  "actions-on-objectives",
] as const
export const intent = z.enum(intents)
export type Intent = z.infer<typeof intent>

/** The kind of attack, in the rule sets' own vocabulary (Suricata's classification.config and the like). */
export const classtype = z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/)
export type Classtype = z.infer<typeof classtype>

/** MITRE ATT&CK Enterprise tactics: id and name. */
export const tactics = {
  TA0043: "Reconnaissance",
  TA0042: "Resource Development",
  TA0001: "Initial Access",
  TA0002: "Execution",
  TA0003: "Persistence",
  TA0004: "Privilege Escalation",
  TA0005: "Defense Evasion",
  TA0006: "Credential Access",
  TA0007: "Discovery",
  TA0008: "Lateral Movement",
  TA0009: "Collection",
  TA0011: "Command and Control",
  TA0010: "Exfiltration",
  TA0040: "Impact",
} as const
export const tactic = z.enum(Object.keys(tactics) as [keyof typeof tactics, ...(keyof typeof tactics)[]])
export type Tactic = z.infer<typeof tactic>

/** MITRE ATT&CK technique or sub-technique id, such as `T1190` or `T1505.003`. */
export const technique = z.string().regex(/^T\d{4}(\.\d{3})?$/)
export type Technique = z.infer<typeof technique>
