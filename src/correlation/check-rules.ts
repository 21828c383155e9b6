import { type Diagnostic, formatDiagnostic, type RuleId, ThwartError } from "../core/index.ts"
import type { ClusterRule } from "./cluster-rule.ts"
import type { IntentRule } from "./intent-rule.ts"
import { type CorrelationRules, parseCorrelationRules } from "./rule-file.ts"

/** How files of rules are read; given in, so that tests need no disk. */
export interface CorrelationRuleFiles {
  /** The files of a path: itself, or a folder's `*.yaml` in order of their names. */
  list(path: string): readonly string[]
  read(path: string): string
}

export interface CheckedCorrelationRules extends CorrelationRules {
  readonly files: number
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads files and folders of intent and clustering rules and tells every mistake in them. */
export function checkCorrelationRules(paths: readonly string[], files: CorrelationRuleFiles): CheckedCorrelationRules {
  const listed = [...new Set(paths.flatMap((path) => attempt(path, () => files.list(path))))]
  const diagnostics: Diagnostic[] = []
  const rules: IntentRule[] = []
  const clusters: ClusterRule[] = []
  const places = new Map<RuleId, string>()
  for (const file of listed) {
    const text = attempt(file, () => files.read(file))
    const parsed = parseCorrelationRules(text, file)
    if (parsed.kind === "bad") {
      diagnostics.push(...parsed.diagnostics)
      continue
    }
    const isNew = ({ id }: { readonly id: RuleId }) => {
      const first = places.get(id)
      if (first === undefined) places.set(id, file)
      else diagnostics.push(twice({ id, first, file, text }))
      return first === undefined
    }
    rules.push(...parsed.value.rules.filter(isNew))
    clusters.push(...parsed.value.clusters.filter(isNew))
  }
  return { rules, clusters, files: listed.length, diagnostics }
}

/** As `checkCorrelationRules`, but throws THWART_RULES_INVALID with every mistake: what is wrong is never run in part. */
export function loadCorrelationRules(paths: readonly string[], files: CorrelationRuleFiles): CorrelationRules {
  const { diagnostics, rules, clusters } = checkCorrelationRules(paths, files)
  if (diagnostics.length === 0) return { rules, clusters }
  const count = diagnostics.length === 1 ? "1 mistake" : `${diagnostics.length} mistakes`
  throw new ThwartError(
    "THWART_RULES_INVALID",
    `the intent rules have ${count}:\n${diagnostics.map((diagnostic) => `  ${formatDiagnostic(diagnostic)}`).join("\n")}`,
  )
}

interface Twice {
  readonly id: string
  readonly first: string
  readonly file: string
  readonly text: string
}

function twice({ id, first, file, text }: Twice): Diagnostic {
  const line = text
    .split("\n")
    .findIndex((one) => /^\s*(?:- )?id:\s*(.*?)\s*$/.exec(one)?.[1]?.replace(/^["']|["']$/g, "") === id)
  const message = `a rule with the id "${id}" stands in ${first} already`
  return { code: "YAML_INVALID", severity: "error", message, file, line: Math.max(0, line) + 1, column: 1 }
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new ThwartError("THWART_RULES_INVALID", `the intent rules in ${path} can't be read`, { cause })
  }
}
