import { z } from "zod"
import { type Diagnostic, formatDiagnostic, type Parsed, parseYaml, ThwartError } from "../../core/index.ts"
import { type EventRule, writtenEventRule } from "./event-rule.ts"

// Each event is held against every rule.
const maxRules = 1000

const rulesFile = z
  .strictObject({ rules: z.array(writtenEventRule).max(maxRules) })
  .superRefine(({ rules }, context) => {
    const seen = new Set<string>()
    for (const [index, { id }] of rules.entries()) {
      if (seen.has(id))
        context.addIssue({ code: "custom", path: ["rules", index, "id"], message: `two rules have the id "${id}"` })
      seen.add(id)
    }
  })

/** The event rules of a YAML text, or everything that is wrong with it, each with its line and column. */
export function parseEventRules(text: string, file: string): Parsed<readonly EventRule[]> {
  const parsed: Parsed<z.output<typeof rulesFile>> = parseYaml(text, file, rulesFile)
  return parsed.kind === "bad" ? parsed : { kind: "ok", value: parsed.value.rules }
}

/** How files of event rules are read; given in, so that tests need no disk. */
export interface EventRuleFiles {
  /** The files of a path: itself, or a folder's `*.yaml` in order of their names. */
  list(path: string): readonly string[]
  read(path: string): string
}

export interface CheckedEventRules {
  /** Those of the files without a mistake. */
  readonly rules: readonly EventRule[]
  readonly files: number
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads files and folders of event rules and tells every mistake in them. */
export function checkEventRules(paths: readonly string[], files: EventRuleFiles): CheckedEventRules {
  const listed = [...new Set(paths.flatMap((path) => attempt(path, () => files.list(path))))]
  const diagnostics: Diagnostic[] = []
  const rules = new Map<string, { readonly rule: EventRule; readonly file: string }>()
  for (const file of listed) {
    const parsed = parseEventRules(
      attempt(file, () => files.read(file)),
      file,
    )
    if (parsed.kind === "bad") diagnostics.push(...parsed.diagnostics)
    else
      for (const rule of parsed.value) {
        const known = rules.get(rule.id)
        if (known === undefined) rules.set(rule.id, { rule, file })
        else diagnostics.push(twice(rule.id, known.file, file))
      }
  }
  return { rules: [...rules.values()].map(({ rule }) => rule), files: listed.length, diagnostics }
}

/** As `checkEventRules`, but throws THWART_RULES_INVALID with every mistake: what is wrong is never run in part. */
export function loadEventRules(paths: readonly string[], files: EventRuleFiles): readonly EventRule[] {
  const { rules, diagnostics } = checkEventRules(paths, files)
  if (diagnostics.length === 0) return rules
  const count = diagnostics.length === 1 ? "1 mistake" : `${diagnostics.length} mistakes`
  throw new ThwartError(
    "THWART_RULES_INVALID",
    `the event rules have ${count}:\n${diagnostics.map((diagnostic) => `  ${formatDiagnostic(diagnostic)}`).join("\n")}`,
  )
}

function twice(id: string, first: string, file: string): Diagnostic {
  const message = `a rule with the id "${id}" stands in ${first} already`
  return { code: "YAML_INVALID", severity: "error", message, file, line: 1, column: 1 }
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new ThwartError("THWART_RULES_INVALID", `the event rules in ${path} can't be read`, { cause })
  }
}
