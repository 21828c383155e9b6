import type { HttpHeader, HttpRequest, Latin1 } from "../core/index.ts"

// Lines of a head; servers stop at 100 or so.
const maxHeaders = 1000

/**
 * Reads one request from its bytes as lenient servers do: lines end at LF with or without CR, whatever stands between the first
 * and the last blank of the first line is the target, a chunked body is joined, and one of a stated length is cut there.
 */
export function readRequest(raw: Latin1): HttpRequest {
  const { lines, rest } = headOf(raw)
  const [first = "", ...fields] = lines
  const headers = fields.slice(0, maxHeaders).flatMap(headerOf)
  const { body, bodyTruncated } = bodyOf(rest, headers)
  return { ...requestLine(first), headers, body, bodyTruncated }
}

function headOf(raw: Latin1): { readonly lines: readonly Latin1[]; readonly rest: Latin1 } {
  const lines: Latin1[] = []
  let at = 0
  while (at < raw.length) {
    const end = raw.indexOf("\n", at)
    const line = raw.slice(at, end < 0 ? raw.length : end).replace(/\r$/, "")
    at = end < 0 ? raw.length : end + 1
    if (line === "" && lines.length > 0) break
    if (line !== "") lines.push(line)
  }
  return { lines, rest: raw.slice(at) }
}

function requestLine(line: Latin1): Pick<HttpRequest, "method" | "target" | "protocol"> {
  const first = line.indexOf(" ")
  const last = line.lastIndexOf(" ")
  if (first < 0) return { method: line, target: "", protocol: "" }
  if (first === last) return { method: line.slice(0, first), target: line.slice(first + 1), protocol: "HTTP/0.9" }
  return { method: line.slice(0, first), target: line.slice(first + 1, last), protocol: line.slice(last + 1) }
}

function headerOf(line: Latin1): readonly HttpHeader[] {
  const colon = line.indexOf(":")
  if (colon < 0) return []
  return [{ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "") }]
}

function bodyOf(rest: Latin1, headers: readonly HttpHeader[]): Pick<HttpRequest, "body" | "bodyTruncated"> {
  const header = (wanted: string) => headers.find(({ name }) => name.toLowerCase() === wanted)?.value
  if (/\bchunked\s*$/i.test(header("transfer-encoding") ?? "")) return joinChunks(rest)
  const length = Number.parseInt(header("content-length") ?? "", 10)
  if (!(length >= 0)) return { body: rest, bodyTruncated: false }
  return { body: rest.slice(0, length), bodyTruncated: rest.length < length }
}

function joinChunks(rest: Latin1): Pick<HttpRequest, "body" | "bodyTruncated"> {
  const parts: Latin1[] = []
  let at = 0
  while (at < rest.length) {
    const end = rest.indexOf("\n", at)
    const size = Number.parseInt(rest.slice(at, end < 0 ? rest.length : end), 16)
    if (end < 0 || !(size >= 0)) break
    if (size === 0) return { body: parts.join(""), bodyTruncated: false }
    parts.push(rest.slice(end + 1, end + 1 + size))
    at = end + 1 + size
    if (rest[at] === "\r") at++
    if (rest[at] === "\n") at++
  }
  return { body: parts.join(""), bodyTruncated: true }
}
