import { compareSeverity, type Diagnostic, type Vulnerability, type VulnerabilityTool } from "../../core/index.ts"
import { cyclonedx } from "./cyclonedx.ts"
import type { Entry, Finding, ReportForm } from "./finding.ts"
import { grype } from "./grype.ts"
import { imageName } from "./image-name.ts"
import { placeOfMistake, placeOfPath } from "./json-place.ts"
import { trivy } from "./trivy.ts"

const forms: readonly ReportForm[] = [trivy, grype, cyclonedx]

/** The largest report that is read: one of an image with thousands of packages has some 20 MiB. */
export const maxReportBytes = 64 * 1024 * 1024
/** Different vulnerabilities of one report; an image with more is not told apart from a hostile file. */
export const maxVulnerabilities = 20_000
// A name for every tag and registry of an image.
const maxImages = 50
// Told with their places, each of which is looked for from the beginning.
const maxTold = 20

export type ReadReport =
  | { readonly kind: "bad"; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: "ok"
      readonly tool: VulnerabilityTool
      /** The names of the image that was looked at; empty where it was none. */
      readonly images: readonly string[]
      readonly vulnerabilities: readonly Vulnerability[]
      /** Entries that could not be read, and the first of them with their places. */
      readonly unread: number
      readonly diagnostics: readonly Diagnostic[]
    }

/** Reads a report of Trivy, Grype, or any tool that writes CycloneDX. What can't be read of it is told with its place, and the rest is taken. */
export function readReport(given: string, file: string): ReadReport {
  // A byte order mark, as PowerShell writes it.
  const text = given.replace(/^\ufeff/, " ")
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    const hint = /^\s*</.test(text) ? "it is XML; have the tool write JSON" : "it is no JSON, or not all of it"
    return bad({ code: "REPORT_SYNTAX", message: hint, file, ...placeOfMistake(text) })
  }
  const form = forms.find((one) => one.isOne(document))
  if (form === undefined) {
    const message = "it is no report of Trivy (--format json), Grype (-o json) or CycloneDX in JSON"
    return bad({ code: "REPORT_UNKNOWN", message, file, line: 1, column: 1 })
  }
  const wrong = form.check(document)
  if (wrong !== undefined) return bad(invalid(wrong, text, file))
  const { found, unread, count } = gather(form.entries(document))
  if (found === undefined) {
    const message = `it has more than ${maxVulnerabilities} different vulnerabilities; have the tool leave out what is negligible`
    return bad({ code: "REPORT_INVALID", message, file, line: 1, column: 1 })
  }
  return {
    kind: "ok",
    tool: form.tool,
    images: [...new Set(form.imagesOf(document).slice(0, maxImages).map(imageName))],
    vulnerabilities: found,
    unread: count,
    diagnostics: unread.map((one) => ({ ...invalid(one, text, file), severity: "warning" })),
  }
}

type Wrong = Omit<Diagnostic, "severity">

const bad = (diagnostic: Wrong): ReadReport => ({ kind: "bad", diagnostics: [{ ...diagnostic, severity: "error" }] })

function invalid(
  { path, message }: { readonly path: readonly PropertyKey[]; readonly message: string },
  text: string,
  file: string,
): Wrong {
  return {
    code: "REPORT_INVALID",
    message: `${path.map(String).join(".")}: ${message}`,
    file,
    ...placeOfPath(text, path),
  }
}

type Unread = Extract<Entry, { kind: "unread" }>

/** One for each id, package and version; `found` is undefined where there are too many. */
function gather(entries: Iterable<Entry>) {
  const found = new Map<string, Finding>()
  const unread: Unread[] = []
  let count = 0
  for (const entry of entries) {
    if (entry.kind === "unread") {
      if (++count <= maxTold) unread.push(entry)
      continue
    }
    const { finding } = entry
    const key = JSON.stringify([finding.id, finding.package, finding.installedVersion])
    const known = found.get(key)
    found.set(key, known === undefined ? finding : gravest(known, finding))
    if (found.size > maxVulnerabilities) return { found: undefined, unread, count }
  }
  return { found: [...found.values()], unread, count }
}

/** Of two that tell of the same, what is graver of each. */
export function gravest<T extends Vulnerability>(one: T, other: Vulnerability): T {
  return {
    ...one,
    severity: compareSeverity(one.severity, other.severity) >= 0 ? one.severity : other.severity,
    fixedVersion: one.fixedVersion ?? other.fixedVersion,
    knownExploited:
      one.knownExploited === true || other.knownExploited === true
        ? true
        : (one.knownExploited ?? other.knownExploited),
    epss: one.epss === null || other.epss === null ? (one.epss ?? other.epss) : Math.max(one.epss, other.epss),
  }
}
