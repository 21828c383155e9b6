import { isNode, isScalar, type Node, parseDocument } from "yaml"
import type { z } from "zod"
import type { Diagnostic } from "./diagnostic.ts"

export type Parsed<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "bad"; readonly diagnostics: readonly Diagnostic[] }

/**
 * What a check of a text inside the YAML may add to its issue, as `params`: a code of its own, and where in that text it found
 * something.
 */
export interface InnerProblem {
  readonly code: string
  readonly offset: number
}

// More than anybody mends at once; each place is counted from the beginning of the text.
const maxDiagnostics = 200

/** Reads a YAML text and checks it against a schema; everything that is wrong is told at once, with line and column. */
export function parseYaml<S extends z.ZodType>(text: string, file: string, schema: S): Parsed<z.output<S>> {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true })
  const diagnostic = (code: string, message: string, offset: number): Diagnostic => {
    return { code, severity: "error", message, file, ...placeOf(text, offset) }
  }
  if (document.errors.length > 0) {
    return {
      kind: "bad",
      diagnostics: document.errors
        .slice(0, maxDiagnostics)
        .map(({ message, pos }) => diagnostic("YAML_SYNTAX", message, pos[0])),
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
  const offsetOf = (path: readonly PropertyKey[], inside = 0) => {
    // The place of the nearest thing that is there: a missing key is told at its parent.
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range) return depth === path.length ? offsetInside(node, text, inside) : node.range[0]
    }
    return 0
  }
  return {
    kind: "bad",
    diagnostics: checked.error.issues.slice(0, maxDiagnostics).map((issue) => {
      const path = issue.code === "unrecognized_keys" ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path
      const where = issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `
      const inner = innerOf(issue)
      return diagnostic(inner?.code ?? "YAML_INVALID", `${where}${issue.message}`, offsetOf(path, inner?.offset))
    }),
  }
}

// The library's own counter leaves out lines inside a text whose end it does not find.
function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split("\n")
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

function innerOf(issue: z.core.$ZodIssue): InnerProblem | undefined {
  const { code, offset } = issue.code === "custom" ? (issue.params ?? {}) : {}
  return typeof code === "string" && typeof offset === "number" ? { code, offset } : undefined
}

/**
 * Where a character of a scalar's value stands in the YAML text: both are walked along, where any blanks in the one stand for any
 * in the other (folded lines, indentation). Behind an escape in double quotes it is the beginning of the scalar.
 */
function offsetInside(node: Node, text: string, inside: number): number {
  const [from, end] = node.range ?? [0, 0]
  if (inside === 0 && !isBlock(node)) return from
  if (!isScalar(node) || typeof node.value !== "string") return from
  const { value } = node
  let at = isBlock(node) ? text.indexOf("\n", from) + 1 : from + (/["']/.test(text.charAt(from)) ? 1 : 0)
  for (let index = 0; ; index++) {
    const wanted = value.charAt(index)
    if (!isBlank(wanted)) while (at < end && isBlank(text.charAt(at))) at++
    if (index >= inside || index >= value.length) return at
    if (isBlank(wanted)) at += isBlank(text.charAt(at)) ? 1 : 0
    else if (text.charAt(at) === wanted) at += wanted === "'" && text.charAt(from) === "'" ? 2 : 1
    else return from
  }
}

const isBlock = (node: Node) => isScalar(node) && (node.type === "BLOCK_FOLDED" || node.type === "BLOCK_LITERAL")
const isBlank = (character: string) => character !== "" && " \n\r\t".includes(character)
