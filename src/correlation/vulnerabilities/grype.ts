import { z } from "zod"
import {
  cveOrOther,
  entryOf,
  isText,
  listAt,
  memberOf,
  packageName,
  type ReportForm,
  scannerSeverity,
  version,
} from "./finding.ts"

const record = z.object({
  id: cveOrOther,
  severity: scannerSeverity.default("info"),
  fix: z.object({ versions: z.array(z.string().max(1000)).default([]) }).optional(),
  epss: z.array(z.object({ epss: z.number().min(0).max(1) })).optional(),
  /** Entries of CISA's catalogue. */
  knownExploited: z.array(z.unknown()).optional(),
})
const match = z.object({
  vulnerability: record,
  relatedVulnerabilities: z.array(record).max(1000).default([]),
  artifact: z.object({ name: packageName, version: version.optional() }),
})

/** `grype -o json`. What GitHub or a distribution names is told by its CVE ids, where those are known. */
export const grype: ReportForm = {
  tool: "grype",
  isOne: (document) =>
    memberOf(document, "matches") !== undefined &&
    (memberOf(document, "descriptor") !== undefined || memberOf(document, "source") !== undefined),
  check: (document) =>
    Array.isArray(memberOf(document, "matches")) ? undefined : { path: ["matches"], message: "must be a list" },
  imagesOf: (document) => {
    const source = memberOf(document, "source")
    if (memberOf(source, "type") !== "image") return []
    const target = memberOf(source, "target")
    return [
      memberOf(target, "userInput"),
      ...listAt(target, "tags"),
      ...listAt(target, "repoDigests"),
      memberOf(target, "imageID"),
    ].filter(isText)
  },
  *entries(document) {
    for (const [index, value] of listAt(document, "matches").entries())
      yield* entryOf(
        match,
        { value, path: ["matches", index] },
        ({ vulnerability, relatedVulnerabilities, artifact }) => {
          const all = [vulnerability, ...relatedVulnerabilities]
          const cves = [...new Set(all.map(({ id }) => id).filter((id) => id.startsWith("CVE-")))]
          const epss = all.flatMap((one) => one.epss ?? []).map((one) => one.epss)
          const listed = all.flatMap((one) => (one.knownExploited === undefined ? [] : [one.knownExploited.length > 0]))
          return (cves.length > 0 ? cves : [vulnerability.id]).map((id) => ({
            id,
            severity: vulnerability.severity,
            package: artifact.name,
            installedVersion: artifact.version ?? null,
            fixedVersion: version.parse((vulnerability.fix?.versions ?? []).join(", ")),
            knownExploited: listed.length === 0 ? null : listed.includes(true),
            epss: epss.length === 0 ? null : Math.max(...epss),
          }))
        },
      )
  },
}
