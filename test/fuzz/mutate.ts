import type { HttpRequest } from "../../src/core/index.ts"

/** Numbers below a limit from a seed; the same seed gives the same run. */
export type Draw = (limit: number) => number

export function createDraw(seed: number): Draw {
  let state = seed | 0
  return (limit) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return ((state ^ (state >>> 13)) >>> 0) % limit
  }
}

// What parsers trip over: encodings, delimiters, ends, long repeats and deep nesting.
const pieces = [
  ..."\0\r\n\t %&=+;?#/\\'\"`<>(){}[]|$*:,.-_~^@!\x7f\x80\xff",
  "%00",
  "%u0027",
  "%",
  "&#x27;",
  "\\u0027",
  "\\x41",
  "../",
  "/*",
  "*/",
  "--",
  "<!--",
  "<![CDATA[",
  "<!DOCTYPE a [",
  "${",
  "\r\n\r\n",
  '{"a":',
  "[[[[[[[[",
  "</a>",
  "\xc0\xaf",
  "\xe2\x80\xa8",
  "'||'",
  "union select",
  "on\0click=",
]

/** One mutation of a text: a piece put in, a part left out, doubled or repeated, a byte turned, or a splice with another. */
export function mutate(text: string, other: string, draw: Draw): string {
  const at = draw(text.length + 1)
  const end = Math.min(text.length, at + draw(24))
  const piece = pieces[draw(pieces.length)] ?? ""
  switch (draw(8)) {
    case 0:
      return text.slice(0, at) + piece + text.slice(at)
    case 1:
      return text.slice(0, at) + text.slice(end)
    case 2:
      return text.slice(0, end) + text.slice(at)
    case 3:
      return text.slice(0, at) + (text.slice(at, end) || piece).repeat(1 + draw(60)) + text.slice(end)
    case 4:
      return text.slice(0, at) + String.fromCharCode(draw(256)) + text.slice(at + 1)
    case 5:
      return text.slice(0, at) + other.slice(draw(other.length + 1))
    case 6:
      return text.slice(0, at) + piece.repeat(1 + draw(400)) + text.slice(at)
    default:
      return text.slice(0, at)
  }
}

const contentTypes = [
  "application/json",
  "application/xml",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=b",
  "text/plain",
  'multipart/form-data; boundary="b"; charset=utf-7',
]

/** Some mutations of a request, wherever they fall: method, target, headers, the type of the body, the body. */
export function mutateRequest(request: HttpRequest, other: HttpRequest, draw: Draw): HttpRequest {
  let { method, target, body } = request
  let headers = request.headers.map(({ name, value }) => ({ name, value }))
  for (let count = 1 + draw(4); count > 0; count--) {
    const header = headers[draw(headers.length || 1)]
    switch (draw(7)) {
      case 0:
        method = mutate(method, other.method, draw)
        break
      case 1:
      case 2:
        target = mutate(target, other.target, draw)
        break
      case 3:
        if (header !== undefined) header.value = mutate(header.value, other.body, draw)
        break
      case 4:
        headers = [...headers, { name: "Content-Type", value: contentTypes[draw(contentTypes.length)] ?? "" }]
        break
      case 5:
        if (header !== undefined) header.name = mutate(header.name, "X-Forwarded-For", draw)
        break
      default:
        body = mutate(body, other.body, draw)
    }
  }
  return { ...request, method, target, headers, body }
}
