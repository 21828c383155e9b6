import { type Classtype, type Intent, intents, type Tactic, type Technique } from "../../core/index.ts"

export interface Classification {
  readonly title: string
  readonly classtype: Classtype
  readonly intent: Intent
  readonly tactic: Tactic
  readonly technique: Technique
}

/** An attack on the application itself: ATT&CK's T1190, Exploit Public-Facing Application. */
const exploit = (title: string): Classification => ({
  title,
  classtype: "web-application-attack",
  intent: "exploitation",
  tactic: "TA0001",
  technique: "T1190",
})
/** Code or commands of the attacker that the application is made to run. */
const execution = (title: string, technique: Technique = "T1059"): Classification => ({
  title,
  classtype: "web-application-attack",
  intent: "exploitation",
  tactic: "TA0002",
  technique,
})
const reconnaissance = (title: string, technique: Technique): Classification => ({
  title,
  classtype: "attempted-recon",
  intent: "reconnaissance",
  tactic: "TA0043",
  technique,
})
/** An answer that tells more than it should of how the application is made. */
const leak: Classification = {
  title: "Disclosure by an error page",
  classtype: "successful-recon-limited",
  intent: "reconnaissance",
  tactic: "TA0043",
  technique: "T1592.002",
}
const webShell: Classification = {
  title: "Web shell",
  classtype: "trojan-activity",
  intent: "installation",
  tactic: "TA0003",
  technique: "T1505.003",
}

/**
 * What a rule's tags say about the attack. The tags are those of the OWASP Core Rule Set (its `attack-…`, and its groups
 * `OWASP_CRS/…` where those say more), and four of our own: attack-log4shell, attack-webshell, attack-c2, attack-exfiltration.
 */
export const classifications: ReadonlyMap<string, Classification> = new Map<string, Classification>([
  ["attack-reputation-scanner", reconnaissance("Vulnerability scanner", "T1595.002")],
  ["attack-reputation-crawler", reconnaissance("Crawler", "T1595.003")],
  ["attack-reputation-scripting", reconnaissance("Scripted client", "T1595")],
  ["attack-reputation-ip", reconnaissance("Client of ill repute", "T1595")],
  [
    "attack-dos",
    {
      title: "Denial of service",
      classtype: "attempted-dos",
      intent: "actions-on-objectives",
      tactic: "TA0040",
      technique: "T1499",
    },
  ],
  ["attack-protocol", exploit("HTTP protocol attack")],
  ["attack-generic", exploit("Web attack")],
  ["attack-multipart-header", exploit("Multipart evasion")],
  ["attack-deprecated-header", exploit("HTTP protocol attack")],
  ["attack-sqli", exploit("SQL injection")],
  ["attack-xss", execution("Cross-site scripting", "T1059.007")],
  ["attack-lfi", exploit("Path traversal")],
  ["attack-rfi", exploit("Remote file inclusion")],
  ["attack-ssrf", exploit("Server-side request forgery")],
  ["attack-ssti", execution("Template injection")],
  ["attack-fixation", exploit("Session fixation")],
  ["attack-rce", execution("Command injection")],
  ["attack-injection-php", execution("PHP code injection")],
  ["attack-injection-java", execution("Java code injection")],
  ["attack-injection-generic", execution("Code injection")],
  [
    "attack-log4shell",
    { title: "Log4Shell", classtype: "attempted-admin", intent: "exploitation", tactic: "TA0001", technique: "T1190" },
  ],
  ["attack-disclosure", leak],
  [
    "attack-exfiltration",
    {
      title: "Exfiltration of files",
      classtype: "successful-recon-largescale",
      intent: "actions-on-objectives",
      tactic: "TA0010",
      technique: "T1041",
    },
  ],
  ["attack-webshell", webShell],
  ["owasp_crs/web-shells", webShell],
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

export const unclassified: Classification = exploit("Web attack")

export function classificationFor(tag: string): Classification {
  return classifications.get(tag) ?? unclassified
}

/** The classification of a rule's tags: the furthest intent wins, and of equals the first. */
export function classify(tags: readonly string[]): Classification | undefined {
  const known = classified.get(tags)
  if (known !== undefined) return known ?? undefined
  const found = furthest(tags.flatMap((tag) => classifications.get(tag.toLowerCase()) ?? []))
  classified.set(tags, found ?? null)
  return found
}

/** By the list of tags of each rule, which every match of it asks for. */
const classified = new WeakMap<readonly string[], Classification | null>()

export function furthest(found: readonly Classification[]): Classification | undefined {
  return found.reduce<Classification | undefined>(
    (best, one) => (best === undefined || intents.indexOf(one.intent) > intents.indexOf(best.intent) ? one : best),
    undefined,
  )
}
