import { z } from "zod"
import {
  type Diagnostic,
  formatDiagnostic,
  type Parsed,
  type Playbook,
  parseYaml,
  ThwartError,
} from "../../core/index.ts"
import type { PlaybookDirectory } from "./directory.ts"
import { writtenPlaybook } from "./written.ts"

// Every alert is held against every playbook.
export const maxPlaybooks = 500
// Some hundred bytes each.
export const maxPlaybookText = 500_000

/** The playbooks of a YAML text: a list, `playbooks:` with a list, or one; every mistake is told with its line and column. */
export function parsePlaybooks(text: string, file: string, directory: PlaybookDirectory): Parsed<readonly Playbook[]> {
  const one = writtenPlaybook(directory)
  const list = z.array(one).min(1).max(maxPlaybooks).superRefine(refuseTwins)
  const single = one.transform((playbook): readonly Playbook[] => [playbook])
  const named = z.strictObject({ playbooks: list }).transform(({ playbooks }) => playbooks)
  const schema = /^playbooks\s*:/m.test(text) ? named : /^-\s/m.test(text) ? list : single
  const parsed: Parsed<readonly Playbook[]> = parseYaml(text, file, schema)
  if (parsed.kind === "ok") return parsed
  const inOrder = (a: Diagnostic, b: Diagnostic) => a.line - b.line || a.column - b.column
  return { kind: "bad", diagnostics: parsed.diagnostics.toSorted(inOrder) }
}

function refuseTwins(playbooks: readonly Playbook[], context: z.RefinementCtx): void {
  const seen = new Set<string>()
  for (const [index, { id }] of playbooks.entries()) {
    if (seen.has(id))
      context.addIssue({ code: "custom", path: [index, "id"], message: `two playbooks have the id "${id}"` })
    seen.add(id)
  }
}

/** How files of playbooks are read; given in, so that tests need no disk. */
export interface PlaybookFiles {
  /** The files of a path: itself, or a folder's `*.yaml` in order of their names. */
  list(path: string): readonly string[]
  read(path: string): string
}

export interface CheckedPlaybooks {
  /** Those of the files without a mistake, with the file of each. */
  readonly playbooks: readonly { readonly playbook: Playbook; readonly file: string }[]
  readonly files: number
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads files and folders of playbooks and tells every mistake in them. */
export function checkPlaybooks(
  paths: readonly string[],
  files: PlaybookFiles,
  directory: PlaybookDirectory,
): CheckedPlaybooks {
  const listed = [...new Set(paths.flatMap((path) => attempt(path, () => files.list(path))))]
  const playbooks = new Map<string, { readonly playbook: Playbook; readonly file: string }>()
  const diagnostics: Diagnostic[] = []
  for (const file of listed) {
    const parsed = parsePlaybooks(
      attempt(file, () => files.read(file)),
      file,
      directory,
    )
    if (parsed.kind === "bad") {
      diagnostics.push(...parsed.diagnostics)
      continue
    }
    for (const playbook of parsed.value) {
      const known = playbooks.get(playbook.id)
      if (known === undefined) playbooks.set(playbook.id, { playbook, file })
      else diagnostics.push(twice(playbook.id, known.file, file))
    }
  }
  return { playbooks: [...playbooks.values()], files: listed.length, diagnostics }
}

/** As `checkPlaybooks`, but throws THWART_PLAYBOOKS_INVALID with every mistake: what is wrong is never run in part. */
export function loadPlaybooks(
  paths: readonly string[],
  files: PlaybookFiles,
  directory: PlaybookDirectory,
): CheckedPlaybooks {
  const checked = checkPlaybooks(paths, files, directory)
  if (checked.diagnostics.length > 0) throw playbooksInvalid(checked.diagnostics)
  return checked
}

export function playbooksInvalid(diagnostics: readonly Diagnostic[]): ThwartError {
  const count = diagnostics.length === 1 ? "1 mistake" : `${diagnostics.length} mistakes`
  const lines = diagnostics.map((diagnostic) => `  ${formatDiagnostic(diagnostic)}`)
  return new ThwartError("THWART_PLAYBOOKS_INVALID", `the playbooks have ${count}:\n${lines.join("\n")}`)
}

function twice(id: string, first: string, file: string): Diagnostic {
  const message = `a playbook with the id "${id}" stands in ${first} already`
  return { code: "YAML_INVALID", severity: "error", message, file, line: 1, column: 1 }
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new ThwartError("THWART_PLAYBOOKS_INVALID", `the playbooks in ${path} can't be read`, { cause })
  }
}
