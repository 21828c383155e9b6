import type { Latin1 } from "../../../core/index.ts"
import { createValue, type Value } from "../run/value.ts"
import type { BodyContent, BodyInput, FilePart, MultipartFlag } from "./body.ts"
import { readPart } from "./multipart-part.ts"

/** Reads `multipart/form-data`. What is odd becomes flags, what is wrong an error; what was understood is kept in both cases. */
export function parseMultipart({ raw, contentType, settings }: BodyInput): BodyContent {
  const flags = new Set<MultipartFlag>()
  const fields: Value[] = []
  const files: FilePart[] = []
  const partHeaders: Value[] = []
  const problems: string[] = []
  const result = (): BodyContent => ({
    fields,
    files,
    partHeaders,
    multipart: flags,
    error: problems[0] === undefined ? null : `Multipart: ${problems[0]}`,
  })

  const boundary = boundaryOf(contentType, flags)
  if (typeof boundary !== "string") {
    problems.push(boundary.problem)
    return result()
  }
  const delimiters = findDelimiters(raw, boundary, flags)
  const [first] = delimiters
  if (first === undefined) {
    problems.push("no boundary in the body")
    return result()
  }
  if (first.start > 0) flags.add("dataBefore")
  noteOddLines(raw, boundary, flags)

  let closed = false
  for (const [index, { end, last, wellFormed }] of delimiters.entries()) {
    if (!wellFormed) problems.push("a boundary with other bytes behind it")
    if (closed) problems.push("a part behind the final boundary")
    if (last) {
      closed = true
      if (index === delimiters.length - 1 && /[^\r\n]/.test(raw.slice(end))) flags.add("dataAfter")
      continue
    }
    if (fields.length + files.length >= settings.argumentsLimit) {
      flags.add("fileLimitExceeded")
      // What is beyond the limit stays together, so that nothing hides behind it.
      fields.push(createValue("", raw.slice(end)))
      problems.push("more parts than SecArgumentsLimit")
      break
    }
    const next = delimiters[index + 1]?.start ?? raw.length
    const part = readPart(raw.slice(end, next).replace(/\r?\n$/, ""), flags)
    if (part.problem !== null) problems.push(part.problem)
    const { name, fileName, content } = part
    if (fileName === null) fields.push(createValue(name, content))
    else files.push({ field: name, fileName, content })
    for (const line of part.headers) partHeaders.push(createValue(name, line))
  }
  if (!closed) problems.push("the final boundary is missing")
  return result()
}

interface Delimiter {
  readonly start: number
  /** Behind its line. */
  readonly end: number
  readonly last: boolean
  readonly wellFormed: boolean
}

function findDelimiters(raw: Latin1, boundary: Latin1, flags: Set<MultipartFlag>): readonly Delimiter[] {
  const mark = `--${boundary}`
  const found: Delimiter[] = []
  for (let start = raw.indexOf(mark); start >= 0; start = raw.indexOf(mark, start + mark.length)) {
    if (start > 0 && raw.charAt(start - 1) !== "\n") continue
    const behind = /(--)?([^\r\n]*)(\r?\n|$)/y
    behind.lastIndex = start + mark.length
    const [whole = "", last, rest = "", ending] = behind.exec(raw) ?? []
    // Another boundary that begins like ours is data.
    if (last === undefined && /^[^\s]/.test(rest)) {
      flags.add("unmatchedBoundary")
      continue
    }
    if (ending === "\n") flags.add("lfLine")
    if (/^[ \t]+$/.test(rest)) flags.add("boundaryWhitespace")
    found.push({
      start,
      end: start + mark.length + whole.length,
      last: last !== undefined,
      wellFormed: /^[ \t]*$/.test(rest),
    })
  }
  return found
}

/** Lines that look like boundaries and are none; line ends of two kinds. */
function noteOddLines(raw: Latin1, boundary: Latin1, flags: Set<MultipartFlag>): void {
  for (let at = raw.indexOf("\n--"); at >= 0; at = raw.indexOf("\n--", at + 3))
    if (!raw.startsWith(boundary, at + 3) && /^--[^\r\n]/.test(raw.slice(at + 1, at + 5)))
      flags.add("unmatchedBoundary")
  if (flags.has("lfLine") && raw.includes("\r\n")) flags.add("crlfLfLines")
}

function boundaryOf(contentType: Latin1, flags: Set<MultipartFlag>): Latin1 | { readonly problem: string } {
  const found = /;([^;]*?)boundary([^=]*)=/i.exec(contentType) ?? /()boundary(\s*)=/i.exec(contentType)
  if (found === null) return { problem: "the content type names no boundary" }
  const [whole, before = "", between = ""] = found
  if ((contentType.match(/boundary\s*=/gi)?.length ?? 0) > 1)
    return { problem: "the content type names two boundaries" }
  if (/\S/.test(before) || /\S/.test(between)) flags.add("missingSemicolon")
  if (/[ \t]{2,}/.test(before) || between !== "") flags.add("boundaryWhitespace")
  const rest = contentType.slice(found.index + whole.length)
  const quoted = /^\s*"([^"]*)"/.exec(rest)
  if (quoted !== null) flags.add("boundaryQuoted")
  const boundary = quoted?.[1] ?? /^[^;,\s]*/.exec(rest)?.[0] ?? ""
  if (boundary === "") return { problem: "the boundary is empty" }
  // RFC 2046 §5.1.1: at most 70 bytes of a small alphabet.
  if (boundary.length > 70) return { problem: "the boundary is longer than 70 bytes" }
  if (!/^[0-9A-Za-z'()+_,\-./:=? !#$%&*@^`{|}~]+$/.test(boundary))
    return { problem: "the boundary has forbidden bytes" }
  return boundary
}
