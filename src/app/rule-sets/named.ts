import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { ThwartError } from "../../core/index.ts"
import { recordOf } from "./record.ts"
import { isRuleSetName } from "./sources.ts"

/** The path that a text means: a file or folder that is there, or else what was fetched under that name. */
export function rulesNamed(text: string, rulesDirOf: () => string): string {
  if (existsSync(text) || !isRuleSetName(text)) return text
  const rulesDir = rulesDirOf()
  const folder = join(rulesDir, text)
  if (recordOf(folder)?.format === "signatures")
    throw new ThwartError(
      "THWART_RULES_INVALID",
      `the rules called "${text}" are signatures of Suricata, which can't be run yet; those of SecLang can (crs)`,
    )
  if (existsSync(folder)) return folder
  const others = fetchedIn(rulesDir)
  throw new ThwartError(
    "THWART_RULES_MISSING",
    `there is no file or folder "${text}", and nothing of that name was fetched to ${rulesDir}${others.length > 0 ? ` (only ${others.join(", ")})` : ""}; run "thwart rules fetch ${text === "et-open" ? text : "crs"}" as the same user, or name the data folder with --data`,
  )
}

function fetchedIn(rulesDir: string): readonly string[] {
  if (!existsSync(rulesDir)) return []
  return readdirSync(rulesDir).filter((name) => recordOf(join(rulesDir, name)) !== undefined)
}
