import type { Latin1 } from "../../../core/index.ts"
import type { MultipartFlag } from "./body.ts"

export interface Boundary {
  /** Null where none can be made out. */
  readonly text: Latin1 | null
  /** Why ModSecurity would read nothing with it; it is used all the same, since an application may. */
  readonly problem: string | null
}

// ModSecurity's; what is longer is not read to its end.
const longestType = 1024
// RFC 2046 §5.1.1: at most 70 bytes of a small alphabet, no space at the end.
const longest = 70
const allowed = /^[0-9A-Za-z'()+_,\-./:=? ]*[0-9A-Za-z'()+_,\-./:=?]$/

/** The boundary that a content type names, with what is odd about how it does. */
export function readBoundary(whole: Latin1, flags: Set<MultipartFlag>): Boundary {
  const contentType = whole.slice(0, longestType)
  const broken = (problem: string, text: Latin1 | null = null): Boundary => {
    flags.add("broken")
    return { text, problem }
  }
  const found = /^(.{19}.*?)(boundary)([^=]*)=/is.exec(contentType)
  if (found === null) return broken("the content type names no boundary")
  const [beginning, head = "", word = "", between = ""] = found
  const before = head.slice("multipart/form-data".length)
  const rest = contentType.slice(beginning.length)
  if (!before.includes(";")) flags.add("missingSemicolon")
  if (/\s/.test(between) || /^\s/.test(rest)) flags.add("boundaryWhitespace")
  const quoted = /^"([^"]*)"$/.exec(rest.trim())?.[1]
  if (quoted !== undefined) flags.add("boundaryQuoted")
  const text = quoted ?? /^\s*"?([^;"\s]*)/.exec(rest)?.[1] ?? ""
  if (text === "") return broken("the boundary is empty")
  if (whole.length > longestType) return broken(`the content type is longer than ${longestType} bytes`, text)
  if (/boundary.*=/is.test(rest)) return broken("the content type names two boundaries", text)
  if (!/^\s*;?\s*$/.test(before) || /\S/.test(between)) return broken("the boundary is not the first parameter", text)
  if (word !== "boundary") return broken("the boundary's parameter has capital letters", text)
  if (text.length > longest) return broken(`the boundary is longer than ${longest} bytes`, text)
  if (!allowed.test(quoted ?? rest.trimStart())) return broken("the boundary has forbidden bytes", text)
  return { text, problem: null }
}
