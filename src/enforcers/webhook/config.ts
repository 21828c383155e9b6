import { z } from "zod"
import { secretRef } from "../../outbound/index.ts"
import { template, toldSettings } from "../told/index.ts"

const headers = z
  .record(z.string().regex(/^[A-Za-z0-9-]{1,100}$/), z.union([secretRef, z.string().max(2000)]))
  .default({})
const status = z.int().min(200).max(599)

const call = (method: "POST" | "DELETE", accept: readonly number[]) =>
  z.strictObject({
    method: z.enum(["POST", "PUT", "PATCH", "DELETE"]).default(method),
    url: template,
    headers,
    /** JSON with fields in its texts; null: no body. */
    body: z.json().default(null),
    /** Beside 2xx: what says that it is so already. */
    accept: z
      .array(status)
      .max(20)
      .default([...accept]),
  })

/** `enforcers: [{ kind: webhook, block: { url: … }, unblock: { url: … } }]` */
export const webhookConfig = z.strictObject({
  ...toldSettings,
  kind: z.literal("webhook"),
  block: call("POST", []),
  // What is gone already need not go.
  unblock: call("DELETE", [404, 410]),
  /** Answers with a JSON array of addresses and prefixes; null: it can't be asked. */
  list: z
    .strictObject({ url: z.url().max(2000), headers })
    .nullable()
    .default(null),
  /** `whsec_` and base64: each call is signed as Standard Webhooks says. */
  secret: secretRef.nullable().default(null),
  /** Plain http to another machine. */
  insecure: z.boolean().default(false),
})
export type WebhookConfig = z.infer<typeof webhookConfig>
