import { type Diagnostic, formatDiagnostic, ThwartError } from "../core/index.ts"
import { collectGarbage } from "./garbage.ts"
import { compile, type Program, type SourceFile } from "./seclang/compile.ts"

/** Rules that are ready to run. */
export interface LoadedRules {
  readonly program: Program
  readonly diagnostics: readonly Diagnostic[]
}

/** How rule files are read; given in, so that tests need no disk. */
export interface RuleFiles {
  /** The files of a path: itself, or a folder's `*.conf` in order of their names. */
  list(path: string): readonly string[]
  /** Of all that are listed, those that go together; a file that is listed twice is read once. */
  choose?(files: readonly string[]): readonly string[]
  read(path: string): string
  /** A file that a rule names, relative to the rule's own. */
  beside(file: string, name: string): string
}

export interface LoadOptions {
  /** False: every operator runs on every value, so that tests see that nothing else comes of it. */
  readonly shortCuts?: boolean
}

/** Reads files and folders of rules and tells every mistake in them; rules with mistakes are left out of what is loaded. */
export function checkRules(paths: readonly string[], files: RuleFiles, options: LoadOptions = {}): LoadedRules {
  const listed = paths.flatMap((path) => {
    const found = attempt(path, () => files.list(path))
    if (found.length === 0) throw new ThwartError("THWART_RULES_INVALID", `there is no rule file (*.conf) in ${path}`)
    return found
  })
  const chosen = files.choose?.(listed) ?? listed
  const sources = [...new Set(chosen)].map(
    (path): SourceFile => ({ path, text: attempt(path, () => files.read(path)) }),
  )
  return compile(sources, (file, name) => files.read(files.beside(file, name)), options)
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new ThwartError("THWART_RULES_INVALID", `the rules in ${path} can't be read`, { cause })
  }
}

// Fewer leave too little behind to care.
const manyRules = 200

/** As `checkRules`, but throws THWART_RULES_INVALID with every mistake, its line and column: what is wrong is never run in part. */
export function loadRules(paths: readonly string[], files: RuleFiles, options: LoadOptions = {}): LoadedRules {
  const loaded = checkRules(paths, files, options)
  const errors = loaded.diagnostics.filter(({ severity }) => severity === "error")
  if (errors.length > 0)
    throw new ThwartError(
      "THWART_RULES_INVALID",
      `the rules have ${errors.length === 1 ? "1 mistake" : `${errors.length} mistakes`}:\n${errors.map((error) => `  ${formatDiagnostic(error)}`).join("\n")}`,
    )
  if (loaded.program.steps.length > manyRules) collectGarbage()
  return loaded
}
