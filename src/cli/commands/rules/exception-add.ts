import { ruleException, ThwartError } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { parseEnd } from "../../duration.ts"
import { printable } from "../../text.ts"
import { placeOf } from "./rule-columns.ts"

interface Flags {
  readonly path?: string
  readonly parameter?: string
  readonly source?: string
  readonly owner: string
  readonly reason: string
  readonly until?: number | null
  /** False: `--no-end`. */
  readonly end: boolean
}

export const add: AddCommand = (group, run) => {
  group
    .command("add")
    .description("let rules not count for a path, a parameter or a source; all that is named must be so")
    .argument("<rules>", "a rule's id, a range (942100-942199) or a tag (tag:attack-sqli)")
    .option("--path <path>", "of the request, without its query; with * at its end all that begin so")
    .option("--parameter <variable>", "what the rules shall not look at: ARGS:comment, REQUEST_COOKIES, …")
    .option("--source <prefix>", "who sends it: an address or a prefix")
    .requiredOption("--owner <name>", "who answers for it: a person or a team")
    .requiredOption("--reason <text>", "for whoever asks why, later")
    .option("--until <end>", "2026-12-31 or 30d", parseEnd(Date.now()))
    .option("--no-end", "it shall not end by itself")
    .addHelpText(
      "after",
      examples(
        'thwart rules exception add 942100 --path /search --parameter ARGS:q --owner "shop team" --reason "books about SQL" --until 90d',
        'thwart rules exception add tag:attack-rce --source 192.0.2.7 --owner ops --reason "scanner" --no-end',
      ),
    )
    .action(
      run(async (context, rules: string, flags: Flags) => {
        const { path = null, parameter = null, source = null, owner, reason, until, end } = flags
        if (path === null && parameter === null && source === null)
          throw new ThwartError(
            "THWART_USAGE",
            'an exception needs --path, --parameter or --source; to be rid of a rule altogether use "thwart rules disable"',
          )
        if (end && typeof until !== "number")
          throw new ThwartError(
            "THWART_USAGE",
            "say when the exception ends (--until 90d), or that it does not (--no-end)",
          )
        if (!end && until !== undefined)
          throw new ThwartError("THWART_USAGE", "--until and --no-end contradict each other")
        const made = await (await context.server()).send(
          "POST",
          "/rule-exceptions",
          { rules, path, parameter, source, owner, reason, expiresAt: until ?? null },
          ruleException,
        )
        if (context.json) context.printJson(made)
        else context.print(`${printable(`${made.rules} is excepted for ${placeOf(made)} (${made.id})`)}\n`)
      }),
    )
}
