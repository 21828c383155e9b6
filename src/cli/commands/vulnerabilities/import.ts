import { type VulnerabilitySummary, vulnerabilitySummary } from "../../../api/contract/index.ts"
import { formatDiagnostic, ThwartError, type VulnerabilitySubject } from "../../../core/index.ts"
import { type AddCommand, type Context, examples } from "../../command.ts"
import type { VulnerabilityReportFile } from "../../deps.ts"
import { printable } from "../../text.ts"
import { countsOf, nameOf } from "./report-columns.ts"

interface Flags {
  readonly node?: string
  readonly image?: string
}

const notes = `
A report of an image counts for every container that runs it; of anything else, say whose it is with --node. It replaces the earlier
report of the same tool about the same. Trivy says nothing of exploits; Grype gives CISA KEV and EPSS, and CycloneDX can.

Exit codes:
  0  everything was imported
  1  a server is missing or refused, or a report was imported and some of its entries could not be read
  2  a report can't be read; nothing of it was imported
`

export const importReports: AddCommand = (group, run) => {
  group
    .command("import")
    .description("import what Trivy, Grype, or a tool that writes CycloneDX found, for intent rules that ask")
    .argument("<files...>", "reports in JSON, gzip or not; - is standard input")
    .option("--node <id>", "it is about this node: its id or name")
    .option("--image <name>", "it is about this image, and so about every container that runs it")
    .addHelpText(
      "after",
      notes +
        examples(
          "thwart vulnerabilities import nginx.trivy.json",
          "grype -o json nginx:1.27 | thwart vulnerabilities import -",
          "thwart vulnerabilities import --node web-1 rootfs.json",
        ),
    )
    .action(
      run(async (context, files: readonly string[], flags: Flags) => {
        const client = await context.server()
        for (const file of files) {
          const report = await context.deps.vulnerabilities.read(file)
          if (report.kind === "bad")
            throw new ThwartError(
              "THWART_REPORT_INVALID",
              `the report is not imported:\n${report.diagnostics.map((one) => `  ${formatDiagnostic(one)}`).join("\n")}`,
            )
          const { tool, vulnerabilities } = report
          const body = { tool, subject: subjectOf(report, flags, file), vulnerabilities }
          say(context, report, await client.send("POST", "/vulnerabilities", body, vulnerabilitySummary))
        }
      }),
    )
}

type Read = Extract<VulnerabilityReportFile, { kind: "ok" }>

function subjectOf({ images }: Read, { node, image }: Flags, file: string): VulnerabilitySubject {
  if (node !== undefined && image !== undefined)
    throw new ThwartError("THWART_USAGE", "--node and --image contradict each other")
  // The cast holds: the server checks it.
  if (node !== undefined) return { kind: "node", node: node as Extract<VulnerabilitySubject, { kind: "node" }>["node"] }
  const all = image === undefined ? images : [image, ...images]
  if (all.length === 0)
    throw new ThwartError("THWART_USAGE", `${file} does not say which image it is about; name the node with --node`)
  return { kind: "image", images: all.slice(0, 50) }
}

function say(context: Context, { unread, diagnostics, vulnerabilities }: Read, made: VulnerabilitySummary): void {
  if (unread > 0) context.exit(1)
  if (context.json) {
    context.printJson({ ...made, unread, diagnostics })
    return
  }
  for (const one of diagnostics) context.deps.err.write(`${printable(formatDiagnostic(one))}\n`)
  if (unread > 0)
    context.deps.err.write(
      `thwart: left out what can't be read: ${unread} of ${unread + vulnerabilities.length} entries\n`,
    )
  context.print(`${printable(nameOf(made))}: ${countsOf(made)} (${made.id})\n`)
}
