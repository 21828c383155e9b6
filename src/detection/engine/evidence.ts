import type { Evidence, HttpHeader, HttpRequest, HttpResponse, Latin1, Match } from "../../core/index.ts"
import type { MatchedValue } from "../seclang/run.ts"

// What an analyst reads; the rest stays in the capture.
const maxTextBytes = 8192
const maxValueBytes = 1024

export function evidenceOf(request: HttpRequest, response: HttpResponse | null): Evidence {
  const answer = response === null ? "" : ` -> ${response.status}`
  return {
    summary: `${request.method} ${request.target}${answer}`.slice(0, 500),
    request: requestText(request).slice(0, maxTextBytes),
    response:
      response === null
        ? null
        : `${response.protocol} ${response.status} ${response.reason}\r\n${headerText(response.headers)}\r\n${response.body.slice(0, maxTextBytes)}`.slice(
            0,
            maxTextBytes,
          ),
  }
}

export function requestText(request: HttpRequest): Latin1 {
  return `${request.method} ${request.target} ${request.protocol}\r\n${headerText(request.headers)}\r\n${request.body.slice(0, maxTextBytes)}`
}

function headerText(headers: readonly HttpHeader[]): Latin1 {
  return headers.map(({ name, value }) => `${name}: ${value}\r\n`).join("")
}

/** The value cut around its match, so that what is kept of it stays small. */
export function matchOf({ variable, value, offset, length }: MatchedValue): Match {
  const kept = Math.min(length, maxValueBytes)
  const start = Math.max(0, Math.min(offset - Math.floor((maxValueBytes - kept) / 2), value.length - maxValueBytes))
  return {
    variable: variable.slice(0, 200),
    value: value.slice(start, start + maxValueBytes),
    offset: offset - start,
    length: Math.min(kept, maxValueBytes - (offset - start)),
  }
}
