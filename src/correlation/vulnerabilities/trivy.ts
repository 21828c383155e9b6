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

const entry = z.object({
  VulnerabilityID: cveOrOther,
  PkgName: packageName,
  InstalledVersion: version.optional(),
  FixedVersion: version.optional(),
  Severity: scannerSeverity.default("info"),
})

/** `trivy image|rootfs|fs|vm --format json` (schema version 2). It says nothing of exploits. */
export const trivy: ReportForm = {
  tool: "trivy",
  isOne: (document) =>
    memberOf(document, "SchemaVersion") !== undefined && memberOf(document, "ArtifactName") !== undefined,
  check: (document) => {
    const [version, results] = [memberOf(document, "SchemaVersion"), memberOf(document, "Results")]
    if (version !== 2)
      return { path: ["SchemaVersion"], message: "only reports of Trivy's schema version 2 can be read" }
    // A report in which nothing was looked at has no results.
    if (results !== undefined && results !== null && !Array.isArray(results))
      return { path: ["Results"], message: "must be a list" }
    return undefined
  },
  imagesOf: (document) => {
    if (memberOf(document, "ArtifactType") !== "container_image") return []
    const metadata = memberOf(document, "Metadata")
    return [
      memberOf(document, "ArtifactName"),
      ...listAt(metadata, "RepoTags"),
      ...listAt(metadata, "RepoDigests"),
      memberOf(metadata, "ImageID"),
    ].filter(isText)
  },
  *entries(document) {
    for (const [index, result] of listAt(document, "Results").entries())
      for (const [place, value] of listAt(result, "Vulnerabilities").entries())
        yield* entryOf(entry, { value, path: ["Results", index, "Vulnerabilities", place] }, (one) => [
          {
            id: one.VulnerabilityID,
            severity: one.Severity,
            package: one.PkgName,
            installedVersion: one.InstalledVersion ?? null,
            fixedVersion: one.FixedVersion ?? null,
            knownExploited: null,
            epss: null,
          },
        ])
  },
}
