import { z } from "zod"
import type { Severity } from "../../core/index.ts"
import {
  cveOrOther,
  entryOf,
  type Finding,
  gravestOf,
  isText,
  listAt,
  memberOf,
  type ReportForm,
  scannerSeverity,
} from "./finding.ts"

const rating = z.object({
  severity: scannerSeverity.optional(),
  score: z.number().optional(),
  method: z.string().max(100).optional(),
  source: z.object({ name: z.string().max(200).optional() }).optional(),
})
const entry = z.object({
  id: cveOrOther,
  ratings: z.array(rating).max(100).default([]),
  affects: z
    .array(z.object({ ref: z.string().max(2000) }))
    .max(10_000)
    .default([]),
  analysis: z.object({ state: z.string().max(100).optional() }).optional(),
  properties: z
    .array(z.object({ name: z.string().max(1000).optional(), value: z.string().max(10_000).optional() }))
    .max(1000)
    .default([]),
})
type Vulnerability = z.output<typeof entry>

// CycloneDX, "impactAnalysisState": the component has it not, or no longer.
const notThere = new Set(["resolved", "resolved_with_pedigree", "false_positive", "not_affected"])

/** CycloneDX 1.4 and later in JSON, from any tool: a bill of materials with `vulnerabilities`, and what was said of them (VEX). */
export const cyclonedx: ReportForm = {
  tool: "cyclonedx",
  isOne: (document) => memberOf(document, "bomFormat") === "CycloneDX",
  check: (document) => {
    if (Array.isArray(memberOf(document, "vulnerabilities"))) return undefined
    const message =
      "must be a list: this bill of materials tells of no vulnerabilities; scan it, and import what the scanner says"
    return { path: ["vulnerabilities"], message }
  },
  imagesOf: (document) => {
    const component = memberOf(memberOf(document, "metadata"), "component")
    if (memberOf(component, "type") !== "container") return []
    const [name, version] = [memberOf(component, "name"), memberOf(component, "version")]
    if (!isText(name)) return []
    const tagged = isText(version) ? [version.startsWith("sha256:") ? `${name}@${version}` : `${name}:${version}`] : []
    const told = listAt(component, "properties")
      .filter((property) => /:Repo(?:Tag|Digest)$/.test(String(memberOf(property, "name"))))
      .map((property) => memberOf(property, "value"))
    return [name, ...tagged, ...told].filter(isText)
  },
  *entries(document) {
    const components = componentsOf(document)
    for (const [index, value] of listAt(document, "vulnerabilities").entries())
      yield* entryOf(entry, { value, path: ["vulnerabilities", index] }, (one) => findingsOf(one, components))
  },
}

interface Component {
  readonly name: string
  readonly version: string | null
}

function findingsOf(one: Vulnerability, components: ReadonlyMap<string, Component>): readonly Finding[] {
  if (notThere.has(one.analysis?.state ?? "")) return []
  const found = {
    id: one.id,
    severity: gravestOf(one.ratings.flatMap((each) => (isEpss(each) ? [] : [severityOf(each)]))),
    fixedVersion: null,
    knownExploited: exploitedOf(one),
    epss: epssOf(one),
  }
  const affected = one.affects.map(
    ({ ref }) => components.get(refOf(ref)) ?? { name: ref.slice(0, 500), version: null },
  )
  const all = affected.length > 0 ? affected : [{ name: "", version: null }]
  return all.map(({ name, version }) => ({ ...found, package: name, installedVersion: version }))
}

// A reference into another bill: urn:cdx:serial/version#bom-ref.
const refOf = (ref: string) => (ref.startsWith("urn:cdx:") ? decode(ref.slice(ref.indexOf("#") + 1)) : ref)

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not escaped, so it is the reference itself.
    return text
  }
}

function severityOf({ severity, score, method }: z.output<typeof rating>): Severity {
  if (severity !== undefined) return severity
  // FIRST's bands of the CVSS base score.
  if (score === undefined || method?.startsWith("CVSS") !== true) return "info"
  return score >= 9 ? "critical" : score >= 7 ? "high" : score >= 4 ? "medium" : score > 0 ? "low" : "info"
}

const isEpss = ({ method, source }: z.output<typeof rating>) =>
  /\bEPSS\b/i.test(`${method ?? ""} ${source?.name ?? ""}`)

function epssOf({ ratings, properties }: Vulnerability): number | null {
  const told = [
    ...ratings.filter(isEpss).map(({ score }) => score ?? Number.NaN),
    ...properties
      .filter(({ name }) => /\bepss(?:[:_.-]?score)?$/i.test(name ?? ""))
      .map(({ value }) => Number(value || Number.NaN)),
  ].filter((score) => score >= 0 && score <= 1)
  return told.length === 0 ? null : Math.max(...told)
}

/** CycloneDX has no field for it; tools tell it by a property. */
function exploitedOf({ properties }: Vulnerability): boolean | null {
  const told = properties.filter(({ name }) => /\bkev\b|known[_-]?exploited/i.test(name ?? ""))
  return told.length === 0 ? null : told.some(({ value }) => /^(?:true|yes|1)$/i.test(value ?? ""))
}

// A bill of materials of a whole system has tens of thousands.
const maxComponents = 500_000

function componentsOf(document: unknown): ReadonlyMap<string, Component> {
  const found = new Map<string, Component>()
  const waiting: unknown[] = [memberOf(memberOf(document, "metadata"), "component"), ...listAt(document, "components")]
  for (let next = 0; next < waiting.length && next < maxComponents; next++) {
    const one = waiting[next]
    const [ref, name, version] = [memberOf(one, "bom-ref"), memberOf(one, "name"), memberOf(one, "version")]
    if (isText(ref) && isText(name))
      found.set(ref, { name: name.slice(0, 500), version: isText(version) ? version.slice(0, 200) : null })
    for (const inner of listAt(one, "components")) waiting.push(inner)
  }
  return found
}
