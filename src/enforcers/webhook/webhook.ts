import { randomUUID } from "node:crypto"
import type { Clock } from "../../core/index.ts"
import {
  type Answer,
  checkedUrl,
  mayPass,
  refusalIn,
  request,
  type Secrets,
  signedHeaders,
  signingKeys,
} from "../../outbound/index.ts"
import type { Enforcer } from "../enforcer.ts"
import { type Book, createToldEnforcer, fieldsOf, filled, filledJson, keysOf, type Teller } from "../told/index.ts"
import type { WebhookConfig } from "./config.ts"

export interface WebhookDeps {
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
  readonly secrets: Pick<Secrets, "resolve" | "hide">
  readonly book: Book
}

// 100,000 prefixes of the longest kind.
const maxListBytes = 8 * 1024 * 1024

/** Tells a system of the operator's what to block, by one HTTP call for each block. Throws with what is wrong about the settings. */
export function createWebhookEnforcer(deps: WebhookDeps, config: WebhookConfig): Enforcer {
  const { name, directions, maxEntries, atOnce } = config
  const id = name ?? "webhook"
  const summary = "Tell a system of yours by HTTP what to block"
  return createToldEnforcer(
    { book: deps.book, teller: createTeller(deps, config) },
    { id, summary, directions, maxEntries, atOnce },
  )
}

function createTeller({ clock, fetch, secrets }: WebhookDeps, config: WebhookConfig): Teller {
  const { list, directions, timeout: timeoutMs, insecure } = config
  const keys = config.secret === null ? [] : signingKeys(secrets.resolve(config.secret).reveal())
  const calls = { block: preparedCall(config.block), unblock: preparedCall(config.unblock) }
  const listHeaders = list === null ? {} : resolvedHeaders(list.headers)

  function preparedCall(call: WebhookConfig["block"]) {
    // Fields stand behind the host alone, so that they change nothing about whom it goes to.
    if (!/^https?:\/\/[^/?#{}\\]+([/?]|$)/.test(call.url))
      throw new Error("url: it has to begin with http:// or https:// and a host without a field in it")
    checkedUrl(call.url.replace(/\{\{[^}]*\}\}/g, "0"), insecure)
    return { ...call, headers: resolvedHeaders(call.headers) }
  }
  function resolvedHeaders(headers: WebhookConfig["block"]["headers"]): Readonly<Record<string, string>> {
    const entries = Object.entries(headers).map(
      ([header, value]) => [header, typeof value === "string" ? value : secrets.resolve(value).reveal()] as const,
    )
    return Object.fromEntries(entries)
  }
  const listed = async (signal: AbortSignal) => {
    if (list === null) return new Set<string>()
    const url = checkedUrl(list.url, insecure)
    const asked = { method: "GET", url, headers: listHeaders, timeoutMs, maxAnswerBytes: maxListBytes }
    return keysOf(textsIn(await request(fetch, asked, signal), secrets.hide), directions)
  }

  return {
    tell: async (told, signal) => {
      const call = calls[told.action]
      const values = fieldsOf(told, clock.now())
      const body = call.body === null ? undefined : JSON.stringify(filledJson(call.body, values))
      const signed = signedHeaders(keys, { id: `enf_${randomUUID()}`, at: clock.now(), body: body ?? "" })
      const url = filled(call.url, values, encodeURIComponent)
      const headers = { ...call.headers, ...signed }
      const answer = await request(fetch, { method: call.method, url, headers, body, timeoutMs }, signal)
      if (answer.kind === "unanswered") return { kind: "failed", reason: secrets.hide(answer.reason), certain: false }
      const { status } = answer
      if ((status >= 200 && status < 300) || call.accept.includes(status)) return { kind: "done" }
      const reason = secrets.hide(refusalIn(answer))
      // It was understood, and refused for what it says.
      if ([400, 413, 422].includes(status)) return { kind: "not-enforced", reason }
      return { kind: "failed", reason, certain: !mayPass(status) }
    },
    ...(list === null ? {} : { list: listed }),
  }
}

function textsIn(answer: Answer, hide: (text: string) => string): readonly string[] {
  if (answer.kind === "unanswered") throw new Error(`the list was not answered: ${hide(answer.reason)}`)
  if (answer.status !== 200) throw new Error(`the list was refused: ${hide(refusalIn(answer))}`)
  let parsed: unknown
  try {
    parsed = JSON.parse(answer.text)
  } catch (cause) {
    throw new Error("the list is no JSON, or longer than 8 MiB", { cause })
  }
  if (!Array.isArray(parsed)) throw new Error("the list is no JSON array of addresses")
  return parsed.filter((one): one is string => typeof one === "string")
}
