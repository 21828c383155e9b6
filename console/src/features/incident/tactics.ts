import type { IncidentDetail } from "../../../../src/api/contract/index.ts"

type Tactic = NonNullable<IncidentDetail["alerts"][number]["tactic"]>

/** MITRE ATT&CK Enterprise, in the order of its matrix. */
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
} as const satisfies Record<Tactic, string>
