import type { Latin1 } from "../../../core/index.ts"

export interface RequestLine {
  readonly method: Latin1
  readonly target: Latin1
  readonly protocol: Latin1
}

export interface StatusLine {
  readonly protocol: Latin1
  readonly status: number
  readonly reason: Latin1
}

// RFC 9110 §9, WebDAV (RFC 4918), and what else web servers answer to.
const knownMethods: ReadonlySet<string> = new Set([
  ..."GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH".split(" "),
  ..."PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK SEARCH REPORT MKCALENDAR ACL BIND UNBIND".split(" "),
  ..."CHECKOUT CHECKIN UNCHECKOUT MERGE LABEL UPDATE MKACTIVITY MKWORKSPACE VERSION-CONTROL LINK UNLINK PURGE TRACK DEBUG".split(
    " ",
  ),
])
const longestMethod = 32
/** A request line longer than this is no HTTP for us, unless its method is a known one. */
export const longestSniff = 8192

export type Sniffed = "yes" | "no" | "more"

/** Tells from the first bytes of a stream whether it is HTTP/1 requests. */
export function sniffRequest(text: Latin1): Sniffed {
  const from = afterEmptyLines(text)
  if (from === text.length) return from > 64 ? "no" : "more"
  let at = from
  while (at < text.length && at - from < longestMethod && isTokenCharacter(text.charCodeAt(at))) at++
  if (at === text.length) return "more"
  const separator = text.charCodeAt(at)
  if (at === from || (separator !== 0x20 && separator !== 0x09)) return "no"
  const method = text.slice(from, at)
  if (at + 1 === text.length) return "more"
  if (knownMethods.has(method.toUpperCase()) && text.charCodeAt(at + 1) > 0x20) return looksLikeOther(text, at)
  const end = text.indexOf("\n", at)
  if (end < 0) return text.length > longestSniff ? "no" : "more"
  return / HTTP\/\d/i.test(text.slice(at, end)) ? "yes" : "no"
}

/** SIP and RTSP share methods with HTTP, HTTP/2 its preface. */
function looksLikeOther(text: Latin1, at: number): Sniffed {
  const end = text.indexOf("\n", at)
  if (end < 0) return text.length > longestSniff ? "yes" : /^[ \t][/]/.test(text.slice(at, at + 2)) ? "yes" : "more"
  return /[ \t](SIP|RTSP)\/\d/.test(text.slice(at, end)) ? "no" : "yes"
}

export function sniffResponse(text: Latin1): Sniffed {
  const from = afterEmptyLines(text)
  const rest = text.slice(from, from + 5)
  if (rest === "HTTP/") return "yes"
  return "HTTP/".startsWith(rest) && from < 64 ? "more" : "no"
}

/** True when a segment in the middle of a stream surely starts a message; stricter than sniffing, since bodies hold anything. */
export function startsRequest(text: Latin1): boolean {
  return /^[A-Z-]{3,16} [^ \r\n]{1,8000} HTTP\/1\.[01]\r?\n/.test(text)
}

export function startsResponse(text: Latin1): boolean {
  return /^HTTP\/1\.[01] \d{3}[ \r\n]/.test(text)
}

/** Undefined when it is no request line; `flaws` gets what is wrong with one. */
export function parseRequestLine(line: Latin1, flaws: (what: string) => void): RequestLine | undefined {
  return plainRequestLine(line) ?? oddRequestLine(line, flaws)
}

/** As RFC 9112 §3 has it, and as nearly all are. */
function plainRequestLine(line: Latin1): RequestLine | undefined {
  const version = line.length - 9
  const first = line.indexOf(" ")
  if (first <= 0 || first > longestMethod || first >= version || !line.startsWith(" HTTP/1.", version)) return undefined
  const minor = line.charCodeAt(line.length - 1)
  if (minor !== 0x30 && minor !== 0x31) return undefined
  for (let at = first + 1; at < version; at++) {
    const code = line.charCodeAt(at)
    if (code <= 0x20 || code === 0x7f) return undefined
  }
  const method = line.slice(0, first)
  if (!isToken(method)) return undefined
  return { method, target: line.slice(first + 1, version), protocol: minor === 0x31 ? "HTTP/1.1" : "HTTP/1.0" }
}

function oddRequestLine(line: Latin1, flaws: (what: string) => void): RequestLine | undefined {
  const parts = /^([^ \t]+)[ \t]+(.*)$/s.exec(line)
  const [, method = "", rest = ""] = parts ?? []
  if (parts === null || method.length > longestMethod || !isToken(method)) return undefined
  const trimmed = rest.trimEnd()
  const last = Math.max(trimmed.lastIndexOf(" "), trimmed.lastIndexOf("\t"))
  const word = trimmed.slice(last + 1)
  const versioned = last >= 0 && /^HTTP\//i.test(word)
  if (!versioned && !knownMethods.has(method.toUpperCase())) return undefined
  const target = versioned ? trimmed.slice(0, last).trimEnd() : trimmed
  if (!versioned) flaws("request line without a version")
  else if (!/^HTTP\/1\.[01]$/.test(word)) flaws("HTTP version unusual")
  if (/[ \t]/.test(target)) flaws("whitespace in the request target")
  if (line !== `${method} ${target} ${word}` && versioned) flaws("request line with extra whitespace")
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(target)) flaws("control character in the request target")
  return { method, target, protocol: versioned ? word : "" }
}

export function parseStatusLine(line: Latin1, flaws: (what: string) => void): StatusLine | undefined {
  const parts = /^(HTTP\/[^ \t]*)[ \t]+(\d{3})(?:[ \t](.*))?$/s.exec(line)
  if (parts !== null) return { protocol: parts[1] ?? "", status: Number(parts[2]), reason: parts[3] ?? "" }
  if (!line.startsWith("HTTP/")) return undefined
  flaws("status line malformed")
  const [protocol = "", status = "", ...reason] = line.split(/[ \t]+/, 20)
  return { protocol, status: Number(/^\d{1,3}/.exec(status)?.[0] ?? 0), reason: reason.join(" ") }
}

/** RFC 9112 §2.2: empty lines before a message are passed over. */
export function afterEmptyLines(text: Latin1, from = 0): number {
  let at = from
  while (at < text.length && (text.charCodeAt(at) === 0x0d || text.charCodeAt(at) === 0x0a)) at++
  return at
}

function isToken(text: Latin1): boolean {
  for (let at = 0; at < text.length; at++) if (!isTokenCharacter(text.charCodeAt(at))) return false
  return text.length > 0
}

/** RFC 9110 §5.6.2. */
export function isTokenCharacter(code: number): boolean {
  if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39)) return true
  return code > 0x20 && code < 0x7f && "!#$%&'*+-.^_`|~".includes(String.fromCharCode(code))
}
