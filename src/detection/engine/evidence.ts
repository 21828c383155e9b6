import type { Evidence, HttpHeader, HttpRequest, HttpResponse, Latin1, Match } from "../../core/index.ts"
import type { Chain } from "../seclang/run/chain.ts"
import type { RuleMatch } from "../seclang/run/transaction.ts"

// What an analyst reads; the rest stays in the capture.
const maxTextBytes = 8192
const maxValueBytes = 1024
const maxSummary = 500
const maxVariable = 200

export function evidenceOf(request: HttpRequest, response: HttpResponse | null): Evidence {
  const answer = response === null ? "" : ` → ${response.status}`
  return {
    summary: own(`${request.method} ${request.target}`.slice(0, maxSummary - answer.length) + answer),
    request: ownBytes(requestText(request).slice(0, maxTextBytes)),
    response: response === null ? null : ownBytes(responseText(response).slice(0, maxTextBytes)),
  }
}

/** Request line, headers and as much of the body as evidence keeps. */
export function requestText(request: HttpRequest): Latin1 {
  return `${request.method} ${request.target} ${request.protocol}\r\n${headerText(request.headers)}\r\n${request.body.slice(0, maxTextBytes)}`
}

function responseText({ protocol, status, reason, headers, body }: HttpResponse): Latin1 {
  return `${protocol} ${status} ${reason}\r\n${headerText(headers)}\r\n${body.slice(0, maxTextBytes)}`
}

function headerText(headers: readonly HttpHeader[]): Latin1 {
  return headers.map(({ name, value }) => `${name}: ${value}\r\n`).join("")
}

/**
 * A match as an alert keeps it: in the value as it was sent when the matched bytes stand in it, else in what the transformations
 * made of it, which are then named behind the variable.
 */
export function matchOf({ variable, text, raw, offset, length, chain }: RuleMatch): Match {
  const plain = text === raw ? offset : placeIn(raw, text.slice(offset, offset + length))
  return plain >= 0
    ? cutAround(variable, raw, plain, length)
    : cutAround(`${variable.slice(0, maxVariable / 2)} after ${namesOf(chain).join(", ")}`, text, offset, length)
}

const placeIn = (raw: Latin1, bytes: Latin1) => (bytes === "" ? -1 : raw.indexOf(bytes))

function namesOf(chain: Chain | null): readonly string[] {
  return chain === null ? [] : chain.steps.map(({ definition }) => definition.name)
}

/** The value cut around its match, so that what is kept of it stays small. */
export function cutAround(variable: string, value: Latin1, offset: number, length: number): Match {
  const kept = Math.min(length, maxValueBytes)
  const before = Math.floor((maxValueBytes - kept) / 2)
  const start = Math.max(0, Math.min(offset - before, value.length - maxValueBytes))
  const at = offset - start
  return {
    variable: ownBytes(variable.slice(0, maxVariable)),
    value: ownBytes(value.slice(start, start + maxValueBytes)),
    offset: at,
    length: Math.max(0, Math.min(kept, maxValueBytes - at)),
  }
}

/** A copy of its own: a slice would keep the whole transaction in memory for as long as the alert lives. */
function own(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le")
}

const scratch = Buffer.alloc(maxTextBytes)

/** The same for bytes, where an alert has a dozen of them. */
function ownBytes(text: Latin1): Latin1 {
  return scratch.toString("latin1", 0, scratch.write(text, 0, "latin1"))
}
