import { type Classtype, type Intent, intents, type Tactic, type Technique } from "../../core/index.ts"

export interface Classification {
  readonly title: string
  readonly classtype: Classtype
  readonly intent: Intent
  readonly tactic: Tactic
  readonly technique: Technique
}

const web = {
  classtype: "web-application-attack",
  intent: "exploitation",
  tactic: "TA0001",
  technique: "T1190",
} as const

/** What a rule's tag says about the attack. The tags are those of the OWASP Core Rule Set, and two of our own (webshell, c2). */
export const classifications: ReadonlyMap<string, Classification> = new Map<string, Classification>([
  [
    "attack-reputation-scanner",
    {
      title: "Vulnerability scanner",
      classtype: "attempted-recon",
      intent: "reconnaissance",
      tactic: "TA0043",
      technique: "T1595.002",
    },
  ],
  [
    "attack-reputation-crawler",
    {
      title: "Crawler",
      classtype: "attempted-recon",
      intent: "reconnaissance",
      tactic: "TA0043",
      technique: "T1595.003",
    },
  ],
  ["attack-protocol", { title: "HTTP protocol attack", ...web }],
  ["attack-multipart-header", { title: "Multipart evasion", ...web }],
  ["attack-sqli", { title: "SQL injection", ...web }],
  ["attack-xss", { title: "Cross-site scripting", ...web, technique: "T1059.007", tactic: "TA0002" }],
  ["attack-lfi", { title: "Path traversal", ...web }],
  ["attack-rfi", { title: "Remote file inclusion", ...web }],
  ["attack-ssrf", { title: "Server-side request forgery", ...web }],
  ["attack-rce", { title: "Command injection", ...web, technique: "T1059", tactic: "TA0002" }],
  ["attack-injection-php", { title: "PHP code injection", ...web, technique: "T1059", tactic: "TA0002" }],
  ["attack-injection-java", { title: "Java code injection", ...web, technique: "T1059", tactic: "TA0002" }],
  ["attack-injection-generic", { title: "Code injection", ...web, technique: "T1059", tactic: "TA0002" }],
  [
    "attack-log4shell",
    { title: "Log4Shell", classtype: "attempted-admin", intent: "exploitation", tactic: "TA0001", technique: "T1190" },
  ],
  ["attack-fixation", { title: "Session fixation", ...web }],
  [
    "attack-disclosure",
    {
      title: "Disclosure of data",
      classtype: "successful-recon-limited",
      intent: "actions-on-objectives",
      tactic: "TA0009",
      technique: "T1005",
    },
  ],
  [
    "attack-webshell",
    {
      title: "Web shell",
      classtype: "trojan-activity",
      intent: "installation",
      tactic: "TA0003",
      technique: "T1505.003",
    },
  ],
  [
    "attack-c2",
    {
      title: "Command and control",
      classtype: "trojan-activity",
      intent: "command-and-control",
      tactic: "TA0011",
      technique: "T1071.001",
    },
  ],
])

export const unclassified: Classification = { title: "Web attack", ...web }

/** The classification of a rule's tags: the furthest intent wins, and of equals the first. */
export function classify(tags: readonly string[]): Classification | undefined {
  return furthest(tags.flatMap((tag) => classifications.get(tag.toLowerCase()) ?? []))
}

export function furthest(found: readonly Classification[]): Classification | undefined {
  return found.reduce<Classification | undefined>(
    (best, one) => (best === undefined || intents.indexOf(one.intent) > intents.indexOf(best.intent) ? one : best),
    undefined,
  )
}
