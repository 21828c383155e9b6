import { checkedUrl, hostOf, signedHeaders, signingKeys } from "../../outbound/index.ts"
import { postJson } from "./post.ts"
import type { CreateTarget, Message } from "./target.ts"

/** Any system: JSON by POST, signed as Standard Webhooks says (standardwebhooks.com). */
export const createWebhook: CreateTarget<"webhook"> = ({ fetch, now, secrets }, config) => {
  const text = typeof config.url === "string" ? config.url : secrets.resolve(config.url).reveal()
  const url = checkedUrl(text, config.insecure)
  const keys = config.secret === null ? [] : signingKeys(secrets.resolve(config.secret).reveal())
  const own = Object.entries(config.headers).map(
    ([name, value]) => [name, typeof value === "string" ? value : secrets.resolve(value).reveal()] as const,
  )
  return {
    destination: hostOf(url),
    send: (message, signal) => {
      const body = JSON.stringify(webhookBody(message))
      const headers = { ...Object.fromEntries(own), ...signedHeaders(keys, { id: message.id, at: now(), body }) }
      return postJson(fetch, { url, headers, body }, signal)
    },
  }
}

export function webhookBody({ notice, link }: Message) {
  const { kind, at, severity, subject, title, text, facts } = notice
  const type = kind.replace("-", ".")
  const data = { severity, subject, title, text, facts, url: link }
  return { type, timestamp: new Date(at).toISOString(), data }
}
