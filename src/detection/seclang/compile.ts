import type { Diagnostic } from "../../core/index.ts"
import type { Amendment, Builder } from "./directives/directive.ts"
import { directives } from "./directives/directives.ts"
import type { RuleDraft } from "./draft.ts"
import { type Linked, link } from "./link.ts"
import { createRegistry } from "./registry.ts"
import type { Step } from "./rule.ts"
import { type PhaseSteps, stepsOf } from "./run/phases.ts"
import type { Phase, Refreshed } from "./run/transaction.ts"
import { defaultSettings, type Settings } from "./settings.ts"
import { type Directive, type Place, readDirectives, type Word } from "./syntax/directives.ts"
import { Mistake, type MistakeCode } from "./syntax/mistake.ts"

export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** A rule set that is ready to run. */
export interface Program {
  readonly steps: readonly Step[]
  readonly phases: Readonly<Record<Phase, PhaseSteps>>
  readonly refreshed: Refreshed
  readonly settings: Settings
  /** False: all is run on all, for tests that nothing else comes of it. */
  readonly shortCuts: boolean
}

export interface Compiled {
  /** Without the rules that have mistakes. */
  readonly program: Program
  readonly diagnostics: readonly Diagnostic[]
}

/** What one directive after the other made: chains of drafts, and markers. */
export type Item = { readonly chain: readonly RuleDraft[] } | { readonly marker: string }

const findDirective = createRegistry(directives)

/** Compiles rule files into closures. Whatever is not understood is an error: no rule ever matches less than it says. */
export function compile(
  files: readonly SourceFile[],
  readBeside: (file: string, name: string) => string,
  { shortCuts = true }: { readonly shortCuts?: boolean } = {},
): Compiled {
  const diagnostics: Diagnostic[] = []
  const items: Item[] = []
  const amendments: Amendment[] = []
  const defaults = new Map<Phase, RuleDraft>()
  let settings = defaultSettings
  for (const { path, text } of files) {
    const report = (code: MistakeCode, message: string, place: Place) =>
      void diagnostics.push({ code, severity: "error", message, file: path, ...place })
    const { directives: read, mistakes } = readDirectives(text)
    for (const { mistake, line, column } of mistakes) report(mistake.code, mistake.message, { line, column })
    const chains = createChainCollector(items, defaults, report)
    const builder: Builder = {
      file: path,
      guarded: (word, reading) =>
        guard(reading, ({ code, message, offset }) => report(code, message, word.place(offset))),
      complain: (code, message, word) => report(code, message, word.place(0)),
      readFile: (name) => readNamed(() => readBeside(path, name), name),
      settings: () => settings,
      set: (change) => {
        settings = { ...settings, ...change }
      },
      addRule: chains.add,
      addMarker: (marker) => void items.push({ marker }),
      setDefaults: (draft) => void defaults.set(draft.phase, draft),
      amend: (amendment) => void amendments.push(amendment),
    }
    for (const directive of read) run(directive, builder)
    chains.end()
  }
  const linked = link(items, amendments, {
    report: (diagnostic) => void diagnostics.push(diagnostic),
    shortCuts,
    unicodeMap: settings.unicodeMap,
  })
  return { program: createProgram(linked, settings, shortCuts), diagnostics }
}

function createProgram({ steps, refreshed }: Linked, settings: Settings, shortCuts: boolean): Program {
  const of = (phase: Phase) => stepsOf(steps, phase)
  return { steps, settings, shortCuts, refreshed, phases: { 1: of(1), 2: of(2), 3: of(3), 4: of(4), 5: of(5) } }
}

function run(directive: Directive, builder: Builder): void {
  const { name, args } = directive
  const complain = (message: string, word: Word) => builder.complain("SECLANG_DIRECTIVE", message, word)
  const definition = findDirective(name.text)
  if (definition === undefined) {
    complain(`there is no directive "${name.text}", or it is not supported`, name)
    return
  }
  const [min, max] = definition.arguments
  const extra = args[max]
  if (args.length < min)
    complain(`${name.text} needs ${min === max ? min : `at least ${min}`} arguments, and has ${args.length}`, name)
  else if (extra !== undefined) complain(`${name.text} takes ${max} arguments; this is one too many`, extra)
  else definition.apply(directive, builder)
}

function guard<T>(reading: () => T, onMistake: (mistake: Mistake) => void): T | undefined {
  try {
    return reading()
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    onMistake(error)
    return undefined
  }
}

function readNamed(read: () => string, name: string): string {
  try {
    return read()
  } catch {
    throw new Mistake("SECLANG_FILE", `the file "${name}" can't be read`)
  }
}

/** Joins the rules of a chain as they come; SecDefaultAction holds for the rules behind it. */
function createChainCollector(
  items: Item[],
  defaults: ReadonlyMap<Phase, RuleDraft>,
  report: (code: MistakeCode, message: string, place: Place) => void,
) {
  let open: RuleDraft[] = []
  let broken = false
  let lastPlace: Place | undefined
  return {
    add: (draft: RuleDraft | undefined, { name, args }: Directive) => {
      // A rule with a mistake takes its chain with it, so that no part of it runs alone.
      if (draft === undefined) broken = true
      else open.push(draft)
      lastPlace = (draft?.chain ?? saysChain(args)) ? name.place(0) : undefined
      if (lastPlace !== undefined) return
      if (!broken) items.push({ chain: withDefaults(open, defaults) })
      open = []
      broken = false
    },
    end: () => {
      if (lastPlace !== undefined)
        report("SECLANG_CHAIN", "the chain has no end: the last rule of the file says chain", lastPlace)
    },
  }
}

const saysChain = (args: readonly Word[]) => /(?:^|,)\s*chain\s*(?:,|$)/i.test(args.at(-1)?.text ?? "")

function withDefaults(chain: readonly RuleDraft[], defaults: ReadonlyMap<Phase, RuleDraft>): readonly RuleDraft[] {
  const [first] = chain
  const given = first === undefined ? undefined : defaults.get(first.phase)
  if (given !== undefined)
    for (const draft of chain)
      if (!draft.ownTransformations) draft.transformations = [...given.transformations, ...draft.transformations]
  if (first !== undefined) {
    first.silent ??= given?.silent ?? false
    if (first.disruption === null || first.disruption === "block") first.disruption = given?.disruption ?? "pass"
  }
  return chain
}
