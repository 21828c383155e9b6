import { formatDiagnostic } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { printable, spoken } from "../../text.ts"

const exitCodes = `
Exit codes:
  0  the playbooks are good
  2  there are mistakes: the playbooks would not be loaded

Which enforcers are configured, a server knows: without one, only which kinds there are is checked.
`

export const addCheck: AddCommand = (group, run) => {
  group
    .command("check")
    .description("read files of playbooks and tell every mistake in them, with file, line and column")
    .argument("<files...>", "YAML files of playbooks, or folders of them")
    .option("--show", "print each playbook as an English sentence")
    .addHelpText("after", exitCodes + examples("thwart playbooks check mine.yaml --show"))
    .action(
      run(async (context, paths: string[], flags: { readonly show?: boolean }) => {
        const { playbooks, files, diagnostics } = context.deps.playbooks.check(paths)
        if (context.json) context.printJson({ playbooks, files, diagnostics })
        else {
          for (const { id, enabled, sentence } of flags.show === true ? playbooks : [])
            context.print(`${context.paint.bold(id)}${enabled ? "" : " (off)"}: ${spoken(sentence)}\n`)
          for (const diagnostic of diagnostics) context.print(`${printable(formatDiagnostic(diagnostic))}\n`)
          context.print(`${playbooks.length} playbooks in ${files} files, ${diagnostics.length} mistakes\n`)
        }
        context.exit(diagnostics.length > 0 ? 2 : 0)
      }),
    )
}
