import { createHmac } from "node:crypto"
import { checkedUrl, hostOf, postJson } from "./post.ts"
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
      const stamp = Math.floor(now() / 1000)
      const signature = { id: message.id, stamp, body }
      const headers = {
        ...Object.fromEntries(own),
        "webhook-id": message.id,
        "webhook-timestamp": String(stamp),
        ...(keys.length === 0 ? {} : { "webhook-signature": signatures(keys, signature) }),
      }
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

// Standard Webhooks asks for 24 to 64 bytes.
const [leastKeyBytes, mostKeyBytes] = [24, 64]

/** The keys in a secret, one while none is being changed for another. Throws without showing it. */
export function signingKeys(secret: string): readonly Buffer[] {
  return secret.split(/\s+/).map((one) => {
    const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(one) ?? []
    const key = Buffer.from(base64 ?? "", "base64")
    if (key.length >= leastKeyBytes && key.length <= mostKeyBytes) return key
    throw new Error(
      `secret: it has to be whsec_ and the base64 of ${leastKeyBytes} to ${mostKeyBytes} bytes; echo whsec_$(openssl rand -base64 32) makes one`,
    )
  })
}

export function signatures(
  keys: readonly Buffer[],
  { id, stamp, body }: { readonly id: string; readonly stamp: number; readonly body: string },
): string {
  return keys
    .map((key) => `v1,${createHmac("sha256", key).update(`${id}.${stamp}.${body}`).digest("base64")}`)
    .join(" ")
}
