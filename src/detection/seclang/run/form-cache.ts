import type { Latin1 } from "../../../core/index.ts"
import { createNamePaths, type NamePath } from "../bodies/name-path.ts"
import { createForm, type Form } from "./form.ts"

/**
 * Keeps what is known of texts that come again with the next request: names of arguments, headers and cookies, and the values of
 * headers. A text is kept from the second time on, since most values of clients come once. Clients choose them, so the cache is
 * bounded: when the young generation is full, the old one goes.
 */
export interface FormCache {
  formOf(text: Latin1): Form
  /** Where the names of JSON documents begin. */
  readonly jsonPath: () => NamePath
}

// Some thousand names and header values are what one site sees; longer texts seldom come again.
const maxForms = 2048
const maxLength = 256
// Marks of texts that came once; two that share a mark are kept at the first sight of the second.
const marks = 8192

export function createFormCache(): FormCache {
  let young = new Map<Latin1, Form>()
  let old = new Map<Latin1, Form>()
  const seen = new Uint8Array(marks)
  let marked = 0
  const cameBefore = (text: Latin1): boolean => {
    const mark = markOf(text)
    if (seen[mark] === 1) return true
    if (++marked > marks / 4) {
      seen.fill(0)
      marked = 0
    }
    seen[mark] = 1
    return false
  }
  return {
    jsonPath: createNamePaths("json"),
    formOf: (text) => {
      if (text.length > maxLength) return createForm(text)
      const known = young.get(text)
      if (known !== undefined) return known
      const aged = old.get(text)
      if (aged === undefined && !cameBefore(text)) return createForm(text)
      const form = aged ?? createForm(text, new Set())
      if (young.size >= maxForms) {
        old = young
        young = new Map()
      }
      young.set(text, form)
      return form
    },
  }
}

// So many bytes tell texts apart well enough.
const samples = 24

function markOf(text: Latin1): number {
  const { length } = text
  let mark = length
  const step = length <= samples ? 1 : length / samples
  for (let at = length - 1; at >= 0; at -= step) mark = (Math.imul(mark, 31) + text.charCodeAt(at | 0)) | 0
  return (mark ^ (mark >>> 15)) & (marks - 1)
}
