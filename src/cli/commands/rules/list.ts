import { type AddCommand, examples } from "../../command.ts"
import type { RuleCheck } from "../../deps.ts"
import { table } from "../../text.ts"

interface Flags {
  readonly rules?: string[]
  readonly level?: number
  readonly direction?: string
}

export const addList: AddCommand = (group, run) => {
  group
    .command("list")
    .description("list the rules of files, with what they look for")
    .argument("[search...]", "only rules that have all of these words in their id, message, file or tags")
    .option(
      "--rules <paths...>",
      "SecLang files, folders, or a checkout of the Core Rule Set (default: the starter rules)",
    )
    .option("--level <level>", "only up to this paranoia level", Number)
    .option("--direction <direction>", "inbound (requests) or outbound (responses)")
    .addHelpText("after", examples("thwart rules list", "thwart rules list sqli --rules ~/coreruleset --level 1"))
    .action(
      run(async (context, search: string[], flags: Flags) => {
        const { rules } = context.deps.rules.check(flags.rules ?? [])
        const shown = rules.filter((rule) => fits(rule, search, flags))
        if (context.json) {
          for (const rule of shown) context.printJson(rule)
          return
        }
        context.print(
          table(
            shown,
            [
              { name: "id", of: ({ id }) => id },
              { name: "phase", of: ({ phase }) => String(phase ?? "") },
              { name: "level", of: ({ paranoiaLevel }) => String(paranoiaLevel ?? "") },
              { name: "severity", of: ({ severity }) => (severity ?? "").toLowerCase() },
              { name: "message", of: ({ message }) => message, flexible: true },
              { name: "file", of: ({ file, line }) => `${file.split("/").at(-1)}:${line}`, flexible: true },
            ],
            context.deps.out.columns,
          ),
        )
        context.print(context.paint.dim(`${shown.length} of ${rules.length} rules\n`))
      }),
    )
}

function fits(rule: RuleCheck["rules"][number], search: readonly string[], { level, direction }: Flags): boolean {
  if (level !== undefined && (rule.paranoiaLevel ?? 0) > level) return false
  if (direction !== undefined && rule.direction !== direction) return false
  const text = [rule.id, rule.message, rule.file, ...rule.tags].join(" ").toLowerCase()
  return search.every((word) => text.includes(word.toLowerCase()))
}
