import { type AddCommand, type Context, examples } from "../../command.ts"
import type { FetchStep } from "../../deps.ts"
import { progressBar } from "../../progress.ts"
import { printable } from "../../text.ts"

interface Flags {
  readonly to?: string
  readonly version?: string
  readonly sha256?: string
}

const notes = `
Sources:
  crs      the OWASP Core Rule Set
  et-open  Emerging Threats Open: signatures of Suricata, which are kept and not run yet

What was fetched is used by its name: --rules crs. Nothing of the former version changes until the archive is whole, has the right
checksum, and its rules load; a crs-setup.conf of your own is taken over. Fetch again for newer rules; a running server keeps its own
until it is started again.

Exit codes:
  0  the rules are there
  1  they could not be fetched
  2  the command line or the rules are wrong
`

export const fetchRules: AddCommand = (group, run) => {
  group
    .command("fetch")
    .description("fetch rules that others publish, check them, and keep them under a name")
    .argument("<source>", "crs, et-open, or the URL or path of a .tar.gz")
    .option("--to <dir>", "keep them in this folder (default: rules/<source> in the data folder)")
    .option("--version <version>", "this version (default: the one that Thwart was tested with)")
    .option("--sha256 <hex>", "refuse an archive with another checksum")
    .addHelpText(
      "after",
      notes +
        examples(
          "thwart rules fetch crs",
          "thwart rules fetch crs --version 4.27.0",
          "thwart rules fetch ./coreruleset-4.28.0-minimal.tar.gz --to /etc/thwart/rules/crs",
        ),
    )
    .action(
      run(async (context, source: string, { to, version, sha256 }: Flags) => {
        const progress = progressOf(context)
        const options = { source, to, version, sha256, dataDir: context.dataDir }
        const { outcome, folder, record } = await context.deps.rules
          .fetch(options, progress.update, context.signal)
          .finally(progress.end)
        if (context.json) return context.printJson({ outcome, folder, ...record })
        const name = [source, record.version].filter((part) => part !== null).join(" ")
        const said = outcome === "already" ? `${name} is there already` : `${name} is fetched`
        const { rules, warnings } = record
        context.print(`${printable(`${said}: ${rules} rules, ${warnings} warnings, in ${folder}`)}\n`)
        context.print(context.paint.dim(`sha256 ${printable(record.sha256)}\n`))
      }),
    )
}

/** One line a step, and a bar on a terminal while bytes come in. */
function progressOf({ deps: { err }, json }: Context) {
  const bar = progressBar(err)
  let before: FetchStep["kind"] | undefined
  return {
    update: (step: FetchStep) => {
      if (json) return
      if (step.kind !== before) {
        bar.clear()
        err.write(`${step.kind} ${printable(step.from)}\n`)
      }
      before = step.kind
      // A server that does not say how much it sends has no bar.
      if (step.kind === "downloading" && step.bytesTotal > 0) bar.update({ ...step, file: step.from })
    },
    end: bar.clear,
  }
}
