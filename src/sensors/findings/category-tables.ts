import type { Classtype, Intent, Severity, Tactic, Technique } from "../../core/index.ts"

/**
 * Suricata writes the text of a rule's class, not its name. These are the classes of its classification.config that rule sets
 * use; what is not here becomes a class by its own text (`Some New Kind` → `some-new-kind`).
 */
export const classtypes: ReadonlyMap<string, Classtype> = new Map([
  ["not suspicious traffic", "not-suspicious"],
  ["unknown traffic", "unknown"],
  ["potentially bad traffic", "bad-unknown"],
  ["attempted information leak", "attempted-recon"],
  ["information leak", "successful-recon-limited"],
  ["large scale information leak", "successful-recon-largescale"],
  ["attempted denial of service", "attempted-dos"],
  ["denial of service", "successful-dos"],
  ["attempted user privilege gain", "attempted-user"],
  ["unsuccessful user privilege gain", "unsuccessful-user"],
  ["successful user privilege gain", "successful-user"],
  ["attempted administrator privilege gain", "attempted-admin"],
  ["successful administrator privilege gain", "successful-admin"],
  ["decode of an rpc query", "rpc-portmap-decode"],
  ["executable code was detected", "shellcode-detect"],
  ["a suspicious string was detected", "string-detect"],
  ["a suspicious filename was detected", "suspicious-filename-detect"],
  ["an attempted login using a suspicious username was detected", "suspicious-login"],
  ["a system call was detected", "system-call-detect"],
  ["a tcp connection was detected", "tcp-connection"],
  ["a network trojan was detected", "trojan-activity"],
  ["a client was using an unusual port", "unusual-client-port-connection"],
  ["detection of a network scan", "network-scan"],
  ["detection of a denial of service attack", "denial-of-service"],
  ["detection of a non-standard protocol or event", "non-standard-protocol"],
  ["generic protocol command decode", "protocol-command-decode"],
  ["access to a potentially vulnerable web application", "web-application-activity"],
  ["web application attack", "web-application-attack"],
  ["misc activity", "misc-activity"],
  ["misc attack", "misc-attack"],
  ["generic icmp event", "icmp-event"],
  ["inappropriate content was detected", "inappropriate-content"],
  ["potential corporate privacy violation", "policy-violation"],
  ["attempt to login by a default username and password", "default-login-attempt"],
  ["targeted malicious activity was detected", "targeted-activity"],
  ["exploit kit activity detected", "exploit-kit"],
  ["device retrieving external ip address detected", "external-ip-check"],
  ["domain observed used for c2 detected", "domain-c2"],
  ["possibly unwanted program detected", "pup-activity"],
  ["successful credential theft detected", "credential-theft"],
  ["possible social engineering attempted", "social-engineering"],
  ["crypto currency mining activity detected", "coin-mining"],
  ["malware command and control activity detected", "command-and-control"],
])

export interface Meaning {
  readonly intent: Intent
  readonly tactic: Tactic | null
  readonly technique: Technique | null
}

const delivery: Meaning = { intent: "delivery", tactic: "TA0001", technique: null }
const exploitation: Meaning = { intent: "exploitation", tactic: "TA0001", technique: "T1190" }
const escalation: Meaning = { intent: "exploitation", tactic: "TA0004", technique: "T1068" }
const scan: Meaning = { intent: "reconnaissance", tactic: "TA0043", technique: "T1595" }
const leak: Meaning = { intent: "actions-on-objectives", tactic: "TA0010", technique: null }
const denial: Meaning = { intent: "actions-on-objectives", tactic: "TA0040", technique: "T1498" }
const control: Meaning = { intent: "command-and-control", tactic: "TA0011", technique: "T1071" }

/** What a class says of the attacker's purpose. A class that says nothing is taken as reconnaissance, the mildest. */
export const meanings: ReadonlyMap<Classtype, Meaning> = new Map([
  ["attempted-recon", scan],
  ["network-scan", scan],
  ["successful-recon-limited", scan],
  ["successful-recon-largescale", leak],
  ["attempted-dos", denial],
  ["successful-dos", denial],
  ["denial-of-service", denial],
  ["attempted-user", exploitation],
  ["unsuccessful-user", exploitation],
  ["successful-user", exploitation],
  ["attempted-admin", escalation],
  ["successful-admin", escalation],
  ["shellcode-detect", exploitation],
  ["system-call-detect", exploitation],
  ["web-application-attack", exploitation],
  ["misc-attack", exploitation],
  ["exploit-kit", { intent: "delivery", tactic: "TA0001", technique: "T1189" }],
  ["suspicious-filename-detect", delivery],
  ["social-engineering", { intent: "delivery", tactic: "TA0001", technique: "T1566" }],
  ["suspicious-login", { intent: "exploitation", tactic: "TA0006", technique: "T1110" }],
  ["default-login-attempt", { intent: "exploitation", tactic: "TA0001", technique: "T1078.001" }],
  ["credential-theft", { intent: "actions-on-objectives", tactic: "TA0006", technique: null }],
  ["trojan-activity", control],
  ["targeted-activity", control],
  ["command-and-control", control],
  ["domain-c2", { intent: "command-and-control", tactic: "TA0011", technique: "T1071.004" }],
  ["pup-activity", { intent: "installation", tactic: "TA0002", technique: null }],
  ["coin-mining", { intent: "actions-on-objectives", tactic: "TA0040", technique: "T1496" }],
])

export const unclear: Meaning = { intent: "reconnaissance", tactic: null, technique: null }

/** Suricata counts priorities from 1, the gravest; nothing it says is critical by itself. */
export const severityOf: ReadonlyMap<number, Severity> = new Map([
  [1, "high"],
  [2, "medium"],
  [3, "low"],
  [4, "info"],
])
