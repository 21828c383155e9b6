import type { Latin1 } from "../../../core/index.ts"
import type { MultipartFlag } from "./body.ts"

export interface Part {
  readonly name: Latin1
  /** Null for a field. */
  readonly fileName: Latin1 | null
  readonly content: Latin1
  readonly headers: readonly Latin1[]
  readonly problem: string | null
}

// A part's head; browsers write a few hundred bytes. What is longer is content.
const maxHeaders = 64

/** Reads one part: header lines, an empty line, content. */
export function readPart(part: Latin1, flags: Set<MultipartFlag>): Part {
  const headers: Latin1[] = []
  let at = 0
  let problem: string | null = null
  for (;;) {
    const end = part.indexOf("\n", at)
    if (end < 0) {
      flags.add("invalidPart")
      problem ??= "a part without an end of its headers"
      at = part.length
      break
    }
    const crlf = part.charAt(end - 1) === "\r"
    if (!crlf) flags.add("lfLine")
    const line = part.slice(at, crlf ? end - 1 : end)
    at = end + 1
    if (line === "") break
    if (/^[ \t]/.test(line) && headers.length > 0) {
      flags.add("headerFolding")
      if (!/^[ \t]+\S/.test(line)) flags.add("invalidHeaderFolding")
      headers.push(`${headers.pop() ?? ""}${line}`)
      continue
    }
    if (!line.includes(":")) {
      flags.add("invalidPart")
      problem ??= "a header of a part without a colon"
    }
    if (headers.length < maxHeaders) headers.push(line)
    else problem ??= `a part with more than ${maxHeaders} headers`
  }
  const disposition = headers.find((line) => /^content-disposition\s*:/i.test(line))
  const read = readDisposition(disposition?.replace(/^[^:]*:/, ""), flags)
  return { ...read, content: part.slice(at), headers, problem: problem ?? read.problem }
}

function readDisposition(
  text: Latin1 | undefined,
  flags: Set<MultipartFlag>,
): Pick<Part, "name" | "fileName" | "problem"> {
  if (text === undefined) return { name: "", fileName: null, problem: "a part without Content-Disposition" }
  const [head = ""] = /^\s*form-data/i.exec(text) ?? []
  let problem: string | null = head === "" ? "a part whose disposition is not form-data" : null
  let name: Latin1 | undefined
  let fileName: Latin1 | undefined
  let rest = text.slice(head.length)
  for (;;) {
    const parameter = /^([\s;]*)([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^;]*))/.exec(rest)
    if (parameter === null) break
    const [whole, before = "", key = "", quoted, bare = ""] = parameter
    rest = rest.slice(whole.length)
    if (!before.includes(";")) flags.add("missingSemicolon")
    if (quoted === undefined && /['"]/.test(bare)) flags.add("invalidQuoting")
    const value = quoted === undefined ? bare.trim() : quoted.replace(/\\(["\\])/g, "$1")
    const wanted = key.toLowerCase()
    if (wanted === "name") {
      if (name !== undefined) problem ??= "a part with two names"
      name ??= value
    } else if (wanted === "filename" || wanted === "filename*") {
      if (fileName !== undefined && wanted === "filename") problem ??= "a part with two file names"
      fileName = wanted === "filename*" ? `${fileName ?? ""}${extendedValue(value)}` : (fileName ?? value)
    }
  }
  if (/[^\s;]/.test(rest)) {
    flags.add("invalidPart")
    problem ??= "a disposition that can't be read"
  }
  if (name === undefined) problem ??= "a part without a name"
  return { name: name ?? "", fileName: fileName ?? null, problem }
}

/** RFC 5987: `UTF-8''na%C3%AFve.txt`. */
function extendedValue(value: Latin1): Latin1 {
  return value
    .replace(/^[^']*'[^']*'/, "")
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
