import { messageOf, printableText } from "../core/index.ts"

export interface OutboundRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly timeoutMs: number
  /** What comes behind is not read; by default enough to see why something was refused. */
  readonly maxAnswerBytes?: number
}

export type Answer =
  | {
      readonly kind: "answered"
      readonly status: number
      readonly text: string
      readonly retryAfterMs: number | undefined
    }
  /** No connection, or no answer in time: what was asked for may have been done. */
  | { readonly kind: "unanswered"; readonly reason: string }

const usualAnswerBytes = 1024
const maxReason = 300
// Answers that may be others next time (RFC 9110 §15, RFC 6585 §4, RFC 8470 §5.2).
const passing = new Set([408, 425, 429])

/** One request to an address of the configuration and to no other: an answer that redirects is an answer. */
export async function request(
  fetch: typeof globalThis.fetch,
  { url, method, headers = {}, body, timeoutMs, maxAnswerBytes = usualAnswerBytes }: OutboundRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method,
      redirect: "manual",
      headers: {
        "user-agent": "thwart",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([signal, timeout]),
    })
    const text = await beginningOf(response, maxAnswerBytes)
    return { kind: "answered", status: response.status, text, retryAfterMs: retryAfterMs(response) }
  } catch (error) {
    const reason = timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : messageOf(error)
    return { kind: "unanswered", reason: shown(reason) }
  }
}

/** Why an answer is a refusal, for people. */
export function refusalIn({ status, text }: Extract<Answer, { kind: "answered" }>): string {
  if (status >= 300 && status < 400) return `answered ${status}: redirects are not followed`
  const said = shown(text.trim())
  return `answered ${status}${said === "" ? "" : `: ${said}`}`
}

/** True when the same request may be answered otherwise later. */
export function mayPass(status: number): boolean {
  return status >= 500 || passing.has(status)
}

/** What another system said, bounded and without what steers a terminal. */
export function shown(text: string): string {
  return printableText(text).slice(0, maxReason)
}

async function beginningOf({ body }: Response, most: number): Promise<string> {
  if (body === null) return ""
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const part of body) {
      parts.push(part)
      bytes += part.byteLength
      if (bytes >= most) break // Leaving the loop ends the stream.
    }
  } catch {
    // The status was answered; what else it wanted to say is lost.
  }
  return Buffer.concat(parts).subarray(0, most).toString("utf8")
}

function retryAfterMs({ headers }: Response): number | undefined {
  const header = headers.get("retry-after")?.trim() ?? ""
  return /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined
}
