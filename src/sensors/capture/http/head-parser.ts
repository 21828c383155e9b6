import type { HttpHeader, Latin1 } from "../../../core/index.ts"
import { isTokenCharacter } from "./start-line.ts"

/** Beyond it servers refuse (nginx 32 KiB, Apache 8 KiB a line); what is longer is cut. */
export const mostHeadBytes = 64 * 1024
// Apache takes 100, nginx has no limit of its own.
const mostHeaders = 512

type Flaws = (what: string) => void

/** Adds one line of a header block to `headers` (RFC 9112 §5), as servers that are not strict read it. */
export function addHeaderLine(line: Latin1, headers: HttpHeader[], flaws: Flaws): void {
  const first = line.charCodeAt(0)
  if (first === 0x20 || first === 0x09) fold(line, headers, flaws)
  else if (headers.length >= mostHeaders) flaws(`more than ${mostHeaders} header fields`)
  else addField(line, headers, flaws)
}

function addField(line: Latin1, headers: HttpHeader[], flaws: Flaws): void {
  const colon = line.indexOf(":")
  if (colon < 0) {
    flaws("header without a colon")
    headers.push({ name: line, value: "" })
    return
  }
  const name = line.slice(0, colon).trimEnd()
  if (name.length !== colon) flaws("whitespace before the colon of a header")
  if (!isFieldName(name)) flaws("header name not a token")
  const value = line.slice(colon + 1).trim()
  if (hasControl(value)) flaws("control character in a header")
  headers.push({ name, value })
}

/** RFC 9112 §5.2: a line that begins with whitespace goes on with the one before. */
function fold(line: Latin1, headers: HttpHeader[], flaws: Flaws): void {
  flaws("folded header line")
  const last = headers.pop()
  if (last !== undefined) headers.push({ name: last.name, value: `${last.value} ${line.trim()}`.trim() })
}

function isFieldName(name: Latin1): boolean {
  for (let at = 0; at < name.length; at++) if (!isTokenCharacter(name.charCodeAt(at))) return false
  return name.length > 0
}

function hasControl(value: Latin1): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true
  }
  return false
}
