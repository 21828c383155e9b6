import { isIP } from "node:net"
import { messageOf, printableText } from "../../core/index.ts"
import type { SendResult } from "./target.ts"

export interface Post {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

// Incoming webhooks answer within a second or two; one that hangs holds up the next message.
const timeoutMs = 10_000
// Enough of an answer to see why it was refused.
const maxAnswerBytes = 1024
const maxReason = 300
// Answers that may be others next time (RFC 9110 §15, RFC 6585 §4, RFC 8470 §5.2).
const passing = new Set([408, 425, 429])

/** One POST of JSON. What answers with a redirect is refused: only the address of the configuration is spoken to. */
export async function postJson(
  fetch: typeof globalThis.fetch,
  { url, headers = {}, body }: Post,
  signal: AbortSignal,
): Promise<SendResult> {
  let response: Response
  try {
    response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/json", "user-agent": "thwart", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
  } catch (error) {
    return { kind: "failed", reason: printableText(messageOf(error)).slice(0, maxReason), again: true }
  }
  const { status } = response
  const said = await beginningOf(response)
  if (status >= 200 && status < 300) return { kind: "sent" }
  if (status >= 300 && status < 400)
    return { kind: "failed", reason: `answered ${status}: redirects are not followed`, again: false }
  const reason = `answered ${status}${said === "" ? "" : `: ${said}`}`
  const afterMs = retryAfterMs(response.headers.get("retry-after"))
  const again = status >= 500 || passing.has(status)
  return { kind: "failed", reason, again, ...(afterMs === undefined ? {} : { afterMs }) }
}

/** Only https, or http to this machine itself, unless somebody said that it may be insecure. Throws without showing the address. */
export function checkedUrl(text: string, insecure: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Error("url: that is no http or https address")
  if (url.username !== "" || url.password !== "")
    throw new Error("url: a user and password in the address are sent nowhere; use a header")
  if (url.protocol === "http:" && !insecure && !isLoopback(url.hostname))
    throw new Error("url: it is plain http to another machine; use https, or say insecure: true")
  return url.href
}

export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "")
  return bare === "localhost" || bare === "::1" || (isIP(bare) === 4 && bare.startsWith("127."))
}

/** The part of an address that is no secret. */
export function hostOf(url: string): string {
  return new URL(url).host
}

async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return ""
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const part of body) {
      parts.push(part)
      bytes += part.byteLength
      if (bytes >= maxAnswerBytes) break // Leaving the loop ends the stream.
    }
  } catch {
    // The status was answered; what else it wanted to say is lost.
  }
  const text = Buffer.concat(parts).subarray(0, maxAnswerBytes).toString("utf8")
  return printableText(text.trim()).slice(0, maxReason)
}

function retryAfterMs(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1000 : undefined
}
