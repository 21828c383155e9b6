import { type AddCommand, examples } from "../../command.ts"
import { collect } from "../../rule-options.ts"

export const addClone: AddCommand = (group, run) => {
  group
    .command("clone")
    .description("print an event rule as YAML under another id, to be changed")
    .argument("<id>", "the rule, such as thwart/reverse-shell")
    .argument("<new-id>", "small letters, digits and / _ . -")
    .option(
      "--rules <path>",
      "event rules: a file or a folder; may be given again (default: those that come with Thwart)",
      collect,
    )
    .addHelpText(
      "after",
      examples(
        "thwart events clone thwart/reverse-shell mine/reverse-shell > mine.yaml",
        "thwart events check mine.yaml --show",
      ),
    )
    .action(
      run(async (context, id: string, newId: string, flags: { readonly rules?: string[] }) => {
        const yaml = context.deps.events.clone(id, newId, flags.rules ?? [])
        if (context.json) context.printJson({ id: newId, yaml })
        else context.print(yaml)
      }),
    )
}
