import { z } from "zod"
import { nodeRef, severity, vulnerability, vulnerabilityReport } from "../../core/index.ts"

const { id, tool, subject, importedAt, importedBy, vulnerabilities } = vulnerabilityReport.unwrap().shape

// POST /vulnerabilities, GET /vulnerabilities, DELETE /vulnerabilities/:id
export const newVulnerabilityReport = z
  .strictObject({
    tool: tool.meta({ description: "Which tool found them" }),
    subject: subject.meta({ description: "The node (its id or name), or the image by all its names" }),
    vulnerabilities: vulnerabilities.meta({ description: "All that it found, as a newer report replaces this one" }),
  })
  .meta({
    examples: [
      {
        tool: "grype",
        subject: { kind: "node", node: "web-1" },
        vulnerabilities: [
          {
            id: "CVE-2021-44228",
            severity: "critical",
            package: "log4j-core",
            installedVersion: "2.14.1",
            fixedVersion: "2.15.0",
            knownExploited: true,
            epss: 0.94,
          },
        ],
      },
    ],
  })
export const vulnerabilitySummary = z.object({
  id,
  tool,
  subject,
  importedAt,
  importedBy,
  counts: z.record(severity, z.int()).meta({ description: "Different ids, by severity" }),
  knownExploited: z
    .int()
    .meta({ description: "Different ids that CISA lists as exploited (KEV), where the report says so" }),
})
export const vulnerabilityReports = z.object({ items: z.array(vulnerabilitySummary) })

// GET /incidents/:id/vulnerabilities
export const relatedVulnerabilities = z.object({
  items: z.array(
    z.object({
      node: nodeRef,
      total: z.int(),
      vulnerabilities: z.array(vulnerability).meta({ description: "The gravest 100: those that are exploited first" }),
    }),
  ),
})

export type NewVulnerabilityReport = z.output<typeof newVulnerabilityReport>
export type RelatedVulnerabilities = z.infer<typeof relatedVulnerabilities>
export type VulnerabilityReports = z.infer<typeof vulnerabilityReports>
export type VulnerabilitySummary = z.infer<typeof vulnerabilitySummary>
