import { z } from "zod"
import {
  type Diagnostic,
  formatDiagnostic,
  type Parsed,
  parseYaml,
  type RuleId,
  ThwartError,
} from "../../core/index.ts"
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

export interface RulePlace {
  readonly file: string
  readonly line: number
}

export interface CheckedEventRules {
  /** Those of the files without a mistake. */
  readonly rules: readonly EventRule[]
  readonly files: number
  /** Where each stands. */
  readonly places: ReadonlyMap<RuleId, RulePlace>
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads files and folders of event rules and tells every mistake in them. */
export function checkEventRules(paths: readonly string[], files: EventRuleFiles): CheckedEventRules {
  const listed = [...new Set(paths.flatMap((path) => attempt(path, () => files.list(path))))]
  const diagnostics: Diagnostic[] = []
  const rules = new Map<RuleId, EventRule>()
  const places = new Map<RuleId, RulePlace>()
  for (const file of listed) {
    const text = attempt(file, () => files.read(file))
    const parsed = parseEventRules(text, file)
    if (parsed.kind === "bad") diagnostics.push(...parsed.diagnostics)
    else
      for (const rule of parsed.value) {
        const place = { file, line: lineOf(rule.id, text) }
        const known = places.get(rule.id)
        if (known === undefined) {
          rules.set(rule.id, rule)
          places.set(rule.id, place)
        } else diagnostics.push(twice(rule.id, known.file, place))
      }
  }
  return { rules: [...rules.values()], files: listed.length, places, diagnostics }
}

/** As `checkEventRules`, but throws THWART_RULES_INVALID with every mistake: what is wrong is never run in part. */
export function loadEventRules(paths: readonly string[], files: EventRuleFiles): CheckedEventRules {
  const checked = checkEventRules(paths, files)
  const { diagnostics } = checked
  if (diagnostics.length === 0) return checked
  const count = diagnostics.length === 1 ? "1 mistake" : `${diagnostics.length} mistakes`
  throw new ThwartError(
    "THWART_RULES_INVALID",
    `the event rules have ${count}:\n${diagnostics.map((diagnostic) => `  ${formatDiagnostic(diagnostic)}`).join("\n")}`,
  )
}

function twice(id: string, first: string, { file, line }: RulePlace): Diagnostic {
  const message = `a rule with the id "${id}" stands in ${first} already`
  return { code: "YAML_INVALID", severity: "error", message, file, line, column: 1 }
}

/** The line of a rule's id, as people write it; the first line where it is written otherwise. */
function lineOf(id: string, text: string): number {
  const line = text
    .split("\n")
    .findIndex((one) => /^\s*(?:- )?id:\s*(.*?)\s*$/.exec(one)?.[1]?.replace(/^["']|["']$/g, "") === id)
  return Math.max(0, line) + 1
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new ThwartError("THWART_RULES_INVALID", `the event rules in ${path} can't be read`, { cause })
  }
}
