import { mayPass, refusalIn, request } from "../../outbound/index.ts"
import type { SendResult } from "./target.ts"

export interface Post {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

// Incoming webhooks answer within a second or two; one that hangs holds up the next message.
const timeoutMs = 10_000

/** One POST of JSON. What answers with a redirect is refused. */
export async function postJson(
  fetch: typeof globalThis.fetch,
  { url, headers = {}, body }: Post,
  signal: AbortSignal,
): Promise<SendResult> {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const answer = await request(fetch, { method: "POST", url, headers, body: text, timeoutMs }, signal)
  if (answer.kind === "unanswered") return { kind: "failed", reason: answer.reason, again: true }
  const { status, retryAfterMs } = answer
  if (status >= 200 && status < 300) return { kind: "sent" }
  const afterMs = retryAfterMs === undefined ? {} : { afterMs: retryAfterMs }
  return { kind: "failed", reason: refusalIn(answer), again: mayPass(status), ...afterMs }
}
