import { isNode, LineCounter, parseDocument } from "yaml"
import type { z } from "zod"
import type { Diagnostic } from "./diagnostic.ts"

export type Parsed<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "bad"; readonly diagnostics: readonly Diagnostic[] }

/** Reads a YAML text and checks it against a schema; everything that is wrong is told at once, with line and column. */
export function parseYaml<S extends z.ZodType>(text: string, file: string, schema: S): Parsed<z.output<S>> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const diagnostic = (code: string, message: string, offset: number): Diagnostic => {
    const { line, col } = lines.linePos(offset)
    return { code, severity: "error", message, file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  if (document.errors.length > 0) {
    return {
      kind: "bad",
      diagnostics: document.errors.map(({ message, pos }) => diagnostic("YAML_SYNTAX", message, pos[0])),
    }
  }
  let plain: unknown
  try {
    plain = document.toJS({ maxAliasCount: 50 })
  } catch (error) {
    return {
      kind: "bad",
      diagnostics: [diagnostic("YAML_SYNTAX", error instanceof Error ? error.message : String(error), 0)],
    }
  }
  const checked = schema.safeParse(plain)
  if (checked.success) return { kind: "ok", value: checked.data }
  const offsetOf = (path: readonly PropertyKey[]) => {
    // The place of the nearest thing that is there: a missing key is told at its parent.
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range) return node.range[0]
    }
    return 0
  }
  return {
    kind: "bad",
    diagnostics: checked.error.issues.map((issue) => {
      const path = issue.code === "unrecognized_keys" ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path
      const where = issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `
      return diagnostic("YAML_INVALID", `${where}${issue.message}`, offsetOf(path))
    }),
  }
}
