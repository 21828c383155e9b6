import type { Diagnostic } from "../../core/index.ts"
import { type Actions, readActions } from "./actions.ts"
import { type Directive, readDirectives, type Word } from "./lexer.ts"
import { operators } from "./operators/index.ts"
import type { Rule, Step } from "./rule.ts"
import { readTargets } from "./target.ts"

export interface SourceFile {
  readonly path: string
  readonly text: string
}

export interface Compiled {
  /** In the order of the files; rules of all phases and markers together. */
  readonly steps: readonly Step[]
  readonly diagnostics: readonly Diagnostic[]
}

// Directives that set up a server rather than detect; they have no meaning here.
const settings = new Set([
  "seccomponentsignature",
  "secruleengine",
  "secrequestbodyaccess",
  "secresponsebodyaccess",
  "secdefaultaction",
  "seccollectiontimeout",
])

/** Compiles rule files into closures. Whatever is not understood is an error: no rule ever matches less than it says. */
export function compile(files: readonly SourceFile[], readBeside: (file: string, name: string) => string): Compiled {
  const steps: Step[] = []
  const diagnostics: Diagnostic[] = []
  const places = new Map<string, string>()

  for (const { path, text } of files) {
    const complain = (code: string, message: string, place: { readonly line: number; readonly column?: number }) => {
      diagnostics.push({ code, severity: "error", message, file: path, line: place.line, column: place.column ?? 1 })
    }
    const links: Link[] = []
    for (const directive of readDirectives(text)) {
      const link = readDirective(directive, { path, complain, readBeside: (name) => readBeside(path, name) })
      if (link === undefined) continue
      if ("marker" in link) {
        steps.push(link)
        continue
      }
      links.push(link)
      if (link.actions.chain) continue
      const rule = chainOf(links.splice(0), path)
      if (rule.id === "") complain("RULE_ID", "a rule needs an id", directive)
      else if (places.has(rule.id))
        complain("RULE_DUPLICATE", `the id ${rule.id} is that of the rule at ${places.get(rule.id)} already`, directive)
      places.set(rule.id, `${path}:${rule.line}`)
      steps.push(rule)
    }
    if (links[0] !== undefined)
      complain("RULE_CHAIN", "the chain has no end: the last rule of a file says chain", links[0].directive)
  }
  return { steps, diagnostics }
}

interface Link {
  readonly directive: Directive
  readonly actions: Actions
  readonly test: Rule["test"]
}

interface Reading {
  readonly path: string
  readonly complain: (code: string, message: string, place: { readonly line: number; readonly column?: number }) => void
  readonly readBeside: (name: string) => string
}

function readDirective(directive: Directive, reading: Reading): Link | { readonly marker: string } | undefined {
  const { name, args } = directive
  const lower = name.toLowerCase()
  if (settings.has(lower)) return undefined
  if (lower === "secmarker") return { marker: args[0]?.text ?? "" }
  if (lower === "secaction") return { directive, test: null, actions: actionsOf(args[0], reading) }
  if (lower !== "secrule") {
    reading.complain("DIRECTIVE", `there is no directive "${name}", or it is not supported`, directive)
    return undefined
  }
  const [targets, operator, actions] = args
  if (targets === undefined || operator === undefined) {
    reading.complain("DIRECTIVE", "SecRule needs variables and an operator", directive)
    return undefined
  }
  return { directive, test: testOf(targets, operator, reading), actions: actionsOf(actions, reading) }
}

function actionsOf(word: Word | undefined, { complain }: Reading): Actions {
  return readActions(word?.text ?? "", (message) => complain("ACTION", message, word ?? { line: 1 }))
}

function testOf(targets: Word, word: Word, { complain, readBeside }: Reading): Rule["test"] {
  const [, negation = "", named, rest = ""] = /^(!?)(?:@(\S+)\s*)?([\s\S]*)$/.exec(word.text) ?? []
  const name = (named ?? "rx").toLowerCase()
  const factory = operators.get(name)
  try {
    const parsed = readTargets(targets.text)
    if (factory === undefined) throw new Error(`there is no operator "@${named}", or it is not supported`)
    return { targets: parsed, operator: factory(rest, readBeside), negated: negation === "!" }
  } catch (error) {
    complain(factory === undefined ? "OPERATOR" : "RULE", error instanceof Error ? error.message : String(error), word)
    return null
  }
}

/** The rules of a chain share the first one's id, phase and message. */
function chainOf(links: readonly Link[], path: string): Rule {
  const first = links[0]
  let next: Rule | null = null
  for (const { directive, actions, test } of [...links].reverse()) {
    next = {
      id: first?.actions.id ?? actions.id,
      phase: first?.actions.phase ?? actions.phase,
      file: path,
      line: directive.line,
      message: first?.actions.message ?? "",
      severity: first?.actions.severity ?? null,
      tags: first?.actions.tags ?? [],
      test,
      transforms: actions.transforms,
      chainOfTransforms: actions.transformNames.join(" "),
      multiMatch: actions.multiMatch,
      assignments: actions.assignments,
      capture: actions.capture,
      silent: first?.actions.silent ?? false,
      skipAfter: actions.skipAfter,
      next,
    }
  }
  if (next === null) throw new Error("a chain has at least one rule")
  return next
}
