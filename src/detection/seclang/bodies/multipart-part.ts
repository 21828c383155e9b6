import type { Latin1 } from "../../../core/index.ts"
import type { MultipartFlag } from "./body.ts"
import { type Disposition, readDisposition } from "./multipart-disposition.ts"

export interface Part extends Disposition {
  readonly content: Latin1
  readonly headers: readonly Latin1[]
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
      problem ??= "a part without an end of its headers"
      at = part.length
      break
    }
    const crlf = part.charAt(end - 1) === "\r"
    flags.add(crlf ? "crlfLine" : "lfLine")
    const line = part.slice(at, crlf ? end - 1 : end)
    at = end + 1
    if (line === "") break
    if (line.includes("\0")) {
      flags.add("invalidPart")
      problem ??= "a NUL in the headers of a part"
    }
    const fold = /^\s+/.exec(line)?.[0]
    if (fold !== undefined && headers.length > 0) {
      flags.add("headerFolding")
      if (!/^[ \t]+$/.test(fold)) flags.add("invalidHeaderFolding")
      headers.push(`${headers.pop() ?? ""}${line}`)
      continue
    }
    if (!/^[^:]+:/.test(line)) problem ??= "a header of a part without a name or a colon"
    if (headers.length < maxHeaders) headers.push(line)
    else problem ??= `a part with more than ${maxHeaders} headers`
  }
  const [disposition, another] = headers.filter((line) => /^content-disposition\s*:/i.test(line))
  if (another !== undefined) problem ??= "a part with two dispositions"
  if (disposition !== undefined && /^[^:]*\s:/.test(disposition))
    problem ??= "a disposition with a blank before its colon"
  const read = readDisposition(disposition?.replace(/^[^:]*:/, ""), flags)
  return { ...read, content: part.slice(at), headers, problem: problem ?? read.problem }
}
