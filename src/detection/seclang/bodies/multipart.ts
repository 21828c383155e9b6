import type { Latin1 } from "../../../core/index.ts"
import { createValue, type Value } from "../run/value.ts"
import type { BodyContent, BodyInput, FilePart, MultipartFlag } from "./body.ts"
import { readBoundary } from "./multipart-boundary.ts"
import { readPart } from "./multipart-part.ts"

/** Reads `multipart/form-data`. What is odd becomes flags, what is wrong an error; what was understood is kept in both cases. */
export function parseMultipart({ raw, contentType, settings }: BodyInput): BodyContent {
  const flags = new Set<MultipartFlag>()
  const fields: Value[] = []
  const files: FilePart[] = []
  const partNames: Latin1[] = []
  const partHeaders: Value[] = []
  const problems: string[] = []
  const result = (): BodyContent => ({
    fields,
    files,
    partNames,
    partHeaders,
    multipart: flags,
    error: problems[0] === undefined ? null : `Multipart: ${problems[0]}`,
  })

  const { text: boundary, problem } = readBoundary(contentType, flags)
  if (problem !== null) problems.push(problem)
  if (boundary === null) return result()
  const delimiters = findDelimiters(raw, boundary, flags)
  const [first] = delimiters
  if (first === undefined) {
    problems.push("no boundary in the body")
    return result()
  }
  if (first.start > 0) flags.add("dataBefore")

  let closed = false
  for (const [index, { end, last, wellFormed }] of delimiters.entries()) {
    if (!wellFormed) {
      flags.add("broken")
      problems.push("a boundary with other bytes behind it")
    }
    if (closed) problems.push("a part behind the final boundary")
    if (last) {
      closed = true
      if (end < raw.length) flags.add("dataAfter")
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
    // A boundary and nothing more begins no part.
    if (end === raw.length) break
    const part = readPart(raw.slice(end, next).replace(/\r?\n$/, ""), flags)
    if (part.problem !== null) problems.push(part.problem)
    const { name, fileName, content } = part
    partNames.push(name)
    if (fileName === null) fields.push(createValue(name, content))
    else files.push({ field: name, fileName, content })
    for (const line of part.headers) partHeaders.push(createValue(name, line))
  }
  if (files.length > settings.uploadFileLimit) {
    flags.add("fileLimitExceeded")
    problems.push("more files than SecUploadFileLimit")
  }
  if (!closed) problems.push("the final boundary is missing")
  noteBoundaries(raw, delimiters, flags)
  return result()
}

interface Delimiter {
  readonly start: number
  /** Behind its line. */
  readonly end: number
  readonly last: boolean
  readonly wellFormed: boolean
  /** A line's end is behind it: the last boundary may be without. */
  readonly ended: boolean
}

function findDelimiters(raw: Latin1, boundary: Latin1, flags: Set<MultipartFlag>): readonly Delimiter[] {
  const mark = `--${boundary}`
  const found: Delimiter[] = []
  for (let start = raw.indexOf(mark); start >= 0; start = raw.indexOf(mark, start + mark.length)) {
    if (start > 0 && raw.charAt(start - 1) !== "\n") continue
    const behind = /(--)?([^\r\n]*)(\r?\n|$)/y
    behind.lastIndex = start + mark.length
    const [whole = "", last, rest = "", ending = ""] = behind.exec(raw) ?? []
    if (ending !== "") flags.add(ending === "\n" ? "lfLine" : "crlfLine")
    // The line's end before it belongs to the boundary, too.
    if (found.length > 0 && raw.charAt(start - 2) !== "\r") flags.add("lfLine")
    found.push({
      start,
      end: start + mark.length + whole.length,
      last: last !== undefined,
      wellFormed: rest === "",
      ended: ending !== "",
    })
  }
  return found
}

/**
 * ModSecurity marks a line that looks like a boundary and is none, and takes the mark away at the next boundary that fits: what is
 * left tells of one behind the last of them.
 */
function noteBoundaries(raw: Latin1, delimiters: readonly Delimiter[], flags: Set<MultipartFlag>): void {
  const ended = delimiters.filter((one) => one.ended)
  if (ended.length > 1) flags.add("matchedBoundary")
  const last = ended.at(-1)
  if (last === undefined || last.last) return
  if (/^--[^\n]+\n/m.test(raw.slice(last.end))) flags.add("unmatchedBoundary")
}
