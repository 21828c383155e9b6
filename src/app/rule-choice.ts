import { join } from "node:path"
import { ThwartError } from "../core/index.ts"
import type { RuleFiles } from "../detection/index.ts"
import { dataDirHere } from "./data-dir.ts"
import { ruleFilesOnDisk, rulesAtLevel, starterRules } from "./rule-files.ts"
import { rulesNamed } from "./rule-sets/index.ts"

/** The rules that somebody wants to run. */
export interface RuleChoice {
  /** Files, folders and names of what was fetched; empty: the starter rules. */
  readonly rules: readonly string[]
  /** Of the Core Rule Set; null or undefined: as the rules say. */
  readonly paranoiaLevel?: number | null | undefined
  /** Where what was fetched is; undefined: as of the command line. It is not looked for unless a name needs it. */
  readonly dataDir: string | undefined
}

/** The folder in a data folder where fetched rules are. */
export const rulesDirOf = (dataDir: string): string => join(dataDir, "rules")

/**
 * What `loadRules` and `checkRules` take for them; `more` is SecLang that stands before all others.
 * Throws THWART_RULES_MISSING for a name that nothing has, THWART_USAGE for a level that is none.
 */
export function chosenRules(
  { rules, paranoiaLevel, dataDir }: RuleChoice,
  more?: string,
): readonly [paths: readonly string[], files: RuleFiles] {
  const paths = rules.map((text) => rulesNamed(text, () => rulesDirOf(dataDirHere(dataDir))))
  return [paths.length > 0 ? paths : [starterRules], filesAt(paranoiaLevel ?? undefined, more)]
}

function filesAt(level: number | undefined, more: string | undefined): RuleFiles {
  if (level !== undefined && ![1, 2, 3, 4].includes(level))
    throw new ThwartError("THWART_USAGE", `the paranoia level ${level} is not one of 1 to 4`)
  return level === undefined && more === undefined ? ruleFilesOnDisk : rulesAtLevel(level, more)
}
