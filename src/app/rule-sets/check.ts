import { readdirSync, readFileSync } from "node:fs"
import { join, relative, sep } from "node:path"
import { formatDiagnostic, ThwartError } from "../../core/index.ts"
import { checkRules, type RuleFiles, summariesOf } from "../../detection/index.ts"
import { ruleFilesOnDisk } from "../rule-files.ts"
import type { RuleFormat } from "./sources.ts"

export interface Checked {
  readonly format: RuleFormat
  readonly rules: number
  readonly warnings: number
}

/** Loads what was unpacked, as if to run it; throws THWART_RULES_INVALID for rules with mistakes, and where there are none. */
export function checkUnpacked(folder: string, expected: RuleFormat | undefined): Checked {
  const format = expected ?? (signatureFiles(folder).length > 0 ? "signatures" : "seclang")
  const checked = format === "signatures" ? checkSignatures(folder) : checkSecLang(folder)
  if (checked.rules === 0) throw new ThwartError("THWART_RULES_INVALID", "there is no rule in the archive")
  return { format, ...checked }
}

// A file that does not fit is told by its first mistakes.
const maxShown = 5

function checkSecLang(folder: string): Omit<Checked, "format"> {
  if (ruleFilesOnDisk.list(folder).length === 0)
    throw new ThwartError("THWART_RULES_INVALID", "there are neither *.conf nor *.rules at the top of the archive")
  const { program, diagnostics } = checkRules([folder], filesWithin(folder))
  const errors = diagnostics.filter(({ severity }) => severity === "error")
  if (errors.length > 0) {
    const shown = errors
      .slice(0, maxShown)
      .map((error) => `\n  ${formatDiagnostic({ ...error, file: relative(folder, error.file) })}`)
    throw new ThwartError(
      "THWART_RULES_INVALID",
      `the rules in the archive have ${errors.length === 1 ? "1 mistake" : `${errors.length} mistakes`}:${shown.join("")}`,
    )
  }
  return { rules: summariesOf(program).length, warnings: diagnostics.length }
}

/** Rules from elsewhere read nothing of this machine (`@pmFromFile /etc/passwd`). */
function filesWithin(folder: string): RuleFiles {
  return {
    ...ruleFilesOnDisk,
    beside: (file, name) => {
      const path = ruleFilesOnDisk.beside(file, name)
      if (!path.startsWith(folder + sep)) throw new Error("it is not in the archive")
      return path
    },
  }
}

const signature = /^#? ?(?:alert|drop|pass|reject|rejectsrc|rejectdst|rejectboth) .*\bsid: ?\d+;.*\)$/

/** Thwart does not run signatures yet: only what is no rule by its form is counted as a warning. */
function checkSignatures(folder: string): Omit<Checked, "format"> {
  let [rules, warnings] = [0, 0]
  for (const file of signatureFiles(folder)) {
    for (const line of readFileSync(file, "latin1")
      .replaceAll(/\\\r?\n/g, " ")
      .split("\n")) {
      const text = line.trim()
      if (signature.test(text)) rules += text.startsWith("#") ? 0 : 1
      else if (text !== "" && !text.startsWith("#")) warnings++
    }
  }
  return { rules, warnings }
}

function signatureFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".rules"))
    .sort()
    .map((name) => join(folder, name))
}
