import { type Command, InvalidArgumentError } from "commander"
import type { RuleChoice } from "./deps.ts"

export interface RuleFlags {
  readonly rules?: string[] | undefined
  readonly paranoiaLevel?: number | undefined
}

/** `--rules` and `--paranoia-level`, the same for every command that runs rules. */
export function addRuleOptions(command: Command, level?: number): Command {
  return command
    .option(
      "--rules <rules>",
      "SecLang rules: a file, a folder, or the name of what was fetched (crs); may be given again (default: the starter rules)",
      collect,
    )
    .option(
      "--paranoia-level <level>",
      "the Core Rule Set's paranoia level (1 to 4), unless the rules set it",
      paranoiaLevel,
      level,
    )
}

/** What was chosen by these options. */
export const ruleChoice = (flags: RuleFlags, dataDir: string | undefined): RuleChoice => ({
  rules: flags.rules ?? [],
  paranoiaLevel: flags.paranoiaLevel,
  dataDir,
})

// Not a list behind one option: it would take the arguments that follow it for rules.
export const collect = (text: string, before: string[] | undefined): string[] => [...(before ?? []), text]

function paranoiaLevel(text: string): number {
  if (!/^[1-4]$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a paranoia level (1 to 4)`)
  return Number(text)
}
