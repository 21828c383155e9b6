import { Option } from "commander"
import { type ApiRule, rulePage, ruleStates } from "../../../api/contract/index.ts"
import { severities } from "../../../core/index.ts"
import { type AddCommand, type Context, examples } from "../../command.ts"
import { collect, ruleChoice } from "../../rule-options.ts"
import { table } from "../../text.ts"
import { atLeastOne } from "../list.ts"
import { ruleColumns } from "./rule-columns.ts"

interface Flags {
  readonly rules?: string[]
  readonly limit: number
  readonly [filter: string]: string | number | string[] | undefined
}

export const list: AddCommand = (group, run) => {
  group
    .command("list")
    .description("list the rules that run, with their hits and false positives")
    .argument("[words...]", "words in the id, message, group or tags")
    .option("--group <name>", "of this file, without .conf")
    .addOption(new Option("--direction <direction>", "of requests or of answers").choices(["inbound", "outbound"]))
    .option("--tag <tag>", "with this tag")
    .addOption(new Option("--severity <severity>", "of this severity").choices(severities))
    .option("--paranoia <level>", "of this paranoia level", atLeastOne)
    .addOption(new Option("--state <state>", "in this state").choices(ruleStates))
    .addOption(new Option("--order <by>", "what comes first").choices(["id", "hits", "false-positives"]).default("id"))
    .option(
      "--rules <rules>",
      "instead of those of a server, those of a file, a folder, or the name of what was fetched (crs); may be given again",
      collect,
    )
    .option("--limit <number>", "at most so many", atLeastOne, 10_000)
    .addHelpText(
      "after",
      examples(
        "thwart rules list sql injection",
        "thwart rules list --order hits --limit 20",
        "thwart rules list --state off --json",
        "thwart rules list sqli --paranoia 1 --rules crs",
      ),
    )
    .action(
      run(async (context, words: readonly string[], { limit, rules, ...filters }: Flags) => {
        if (rules !== undefined) {
          showFiles(context, { rules, words, filters })
          return
        }
        const client = await context.server()
        const query = new URLSearchParams(words.length > 0 ? { search: words.join(" ") } : {})
        for (const [name, value] of Object.entries(filters)) query.set(name, String(value))
        const found: ApiRule[] = []
        for (let total = 1; found.length < Math.min(total, limit); ) {
          query.set("limit", String(Math.min(1000, limit - found.length)))
          query.set("offset", String(found.length))
          const page = await client.get(`/rules?${query}`, rulePage)
          found.push(...page.items)
          total = page.items.length === 0 ? 0 : page.total
        }
        if (context.json) for (const rule of found) context.printJson(rule)
        else
          context.print(
            found.length === 0
              ? "No rule is like that.\n"
              : table(found, ruleColumns(context.deps.now()), context.deps.out.columns),
          )
      }),
    )
}

interface Asked {
  readonly rules: readonly string[]
  readonly words: readonly string[]
  readonly filters: Readonly<Record<string, unknown>>
}

/** What files say; nobody has counted their hits. */
function showFiles(context: Context, { rules: paths, words, filters }: Asked): void {
  const { direction, tag, severity, paranoia, group } = filters
  const rules = context.deps.rules
    .check(ruleChoice({ rules: [...paths] }, context.dataDir))
    .rules.filter(
      (rule) =>
        (direction === undefined || rule.direction === direction) &&
        (tag === undefined || rule.tags.some((one) => one === tag)) &&
        (severity === undefined || rule.severity === severity) &&
        (paranoia === undefined || rule.paranoia === Number(paranoia)) &&
        (group === undefined || rule.group === group),
    )
    .filter((rule) => {
      const text = [rule.id, rule.message, rule.group, ...rule.tags].join(" ").toLowerCase()
      return words.every((word) => text.includes(word.toLowerCase()))
    })
  if (context.json) {
    for (const rule of rules) context.printJson(rule)
    return
  }
  context.print(
    table(
      rules.filter(({ bookkeeping }) => !bookkeeping),
      [
        { name: "id", of: ({ id }) => id },
        { name: "phase", of: ({ phase }) => String(phase ?? "") },
        { name: "level", of: ({ paranoia: level }) => String(level ?? "") },
        { name: "severity", of: ({ severity: own }) => own ?? "" },
        { name: "message", of: ({ message }) => message, flexible: true },
        { name: "group", of: ({ group: own }) => own, flexible: true },
      ],
      context.deps.out.columns,
    ),
  )
}
