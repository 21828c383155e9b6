import { correlationPreview } from "../../../api/contract/index.ts"
import { formatDiagnostic, ThwartError } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { parseDuration } from "../../duration.ts"
import { atLeastOne } from "../list.ts"
import { showPreview } from "./preview-output.ts"

interface Flags {
  readonly since: number | null
  readonly until?: number | null
  readonly limit: number
}

const notes = `
Nothing is changed. Rules that are off are tried too, and the alerts that a rule of the same id made already are left aside.
A server looks at 100,000 alerts at most, the oldest first; take a shorter time where there are more.

Exit codes:
  0  nothing would have been made
  1  incidents or alerts would have been made
  2  the command line or the rules are wrong
`

export const addPreview: AddCommand = (group, run) => {
  group
    .command("preview")
    .description("tell which incidents and clusters rules would have made of the alerts that the server has stored")
    .argument("[file]", "a YAML file of intent and clustering rules; - or none: standard input")
    .option("--since <time>", "alerts of so long ago (7d); forever: all", parseDuration, 604_800_000)
    .option("--until <time>", "not those of so long ago (1d)", parseDuration)
    .option("--limit <number>", "so many alerts at most, the oldest first", atLeastOne, 100_000)
    .addHelpText(
      "after",
      notes +
        examples(
          "thwart correlation preview mine.yaml --since 7d",
          "thwart correlation preview mine.yaml --since 30d --until 7d --json",
        ),
    )
    .action(
      run(async (context, file: string | undefined, { since, until, limit }: Flags) => {
        const bytes = await context.deps.rules.readInput(file)
        const now = context.deps.now()
        const found = await (await context.server()).send(
          "POST",
          "/correlation/preview",
          {
            rules: Buffer.from(bytes, "latin1").toString("utf8"),
            file: file === undefined || file === "-" ? "standard input" : file,
            since: since === null ? 0 : Math.max(0, now - since),
            ...(typeof until === "number" ? { until: now - until } : {}),
            limit: Math.min(limit, 100_000),
          },
          correlationPreview,
        )
        if (found.kind === "bad")
          throw new ThwartError(
            "THWART_RULES_INVALID",
            `there is no preview of these rules:\n${found.diagnostics.map((one) => `  ${formatDiagnostic(one)}`).join("\n")}`,
          )
        if (context.json) context.printJson(found)
        else showPreview(context, found)
        context.exit(found.rules.some(({ made }) => made > 0) ? 1 : 0)
      }),
    )
}
