import { createHmac } from "node:crypto"

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

export interface Signed {
  readonly id: string
  /** When it is sent. */
  readonly at: number
  readonly body: string
}

/** The headers that Standard Webhooks asks for (standardwebhooks.com); without a key there is no signature. */
export function signedHeaders(keys: readonly Buffer[], { id, at, body }: Signed): Readonly<Record<string, string>> {
  const stamp = Math.floor(at / 1000)
  const signatures = keys.map(
    (key) => `v1,${createHmac("sha256", key).update(`${id}.${stamp}.${body}`).digest("base64")}`,
  )
  return {
    "webhook-id": id,
    "webhook-timestamp": String(stamp),
    ...(keys.length === 0 ? {} : { "webhook-signature": signatures.join(" ") }),
  }
}
