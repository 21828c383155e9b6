import { z } from "zod"
import { duration, noticeKind, noticeKinds, severity } from "../core/index.ts"
import { secretRef } from "../outbound/index.ts"

const minuteMs = 60_000
const dayMs = 86_400_000
const period = (least: number, most: number) => duration.pipe(z.int().min(least).max(most))

const everyTarget = {
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "small letters, digits, dots, dashes and underscores, 64 at most"),
  minSeverity: severity.default("medium"),
  kinds: z
    .array(noticeKind)
    .min(1)
    .max(20)
    .default([...noticeKinds]),
  /** More than a person can read is counted and told as one: a flood of incidents is no flood of messages. */
  maxPerMinute: z.int().min(1).max(600).default(10),
  digestEvery: period(1000, dayMs).default(5 * minuteMs),
  /** What could not be delivered for so long has failed. */
  giveUpAfter: period(1000, 7 * dayMs).default(dayMs),
}
/** Plain HTTP to another address than loopback. */
const insecure = z.boolean().default(false)

const slack = z.strictObject({ ...everyTarget, kind: z.literal("slack"), url: secretRef, insecure })
const teams = z.strictObject({ ...everyTarget, kind: z.literal("teams"), url: secretRef, insecure })
const pagerduty = z.strictObject({
  ...everyTarget,
  kind: z.literal("pagerduty"),
  routingKey: secretRef,
  url: z.url().max(2000).default("https://events.pagerduty.com/v2/enqueue"),
  /** When an incident no longer needs anybody: as soon as it is contained, or when a person closed it. */
  resolveOn: z.enum(["contained", "closed"]).default("closed"),
  insecure,
})
const webhook = z.strictObject({
  ...everyTarget,
  kind: z.literal("webhook"),
  url: z.union([secretRef, z.url().max(2000)]),
  /** `whsec_` and base64; several, with spaces between, while they change. Null: not signed. */
  secret: secretRef.nullable().default(null),
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]{1,100}$/), z.union([secretRef, z.string().max(2000)])).default({}),
  insecure,
})
const mailAddress = z
  .string()
  .max(320)
  .regex(/^[^\s@<>,;]+@[^\s@<>,;]+$/, "an address such as soc@example.com")
const email = z.strictObject({
  ...everyTarget,
  kind: z.literal("email"),
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65535).default(587),
  /** `none` only without a password, or to loopback. */
  security: z.enum(["starttls", "tls", "none"]).default("starttls"),
  /** Of the authority that the server's certificate is of, beside those that the system knows. */
  caFile: z.string().max(1000).nullable().default(null),
  user: z.string().max(320).nullable().default(null),
  password: secretRef.nullable().default(null),
  from: mailAddress,
  to: z.array(mailAddress).min(1).max(50),
})

const target = z.discriminatedUnion("kind", [slack, teams, pagerduty, webhook, email])
export type TargetConfig = z.infer<typeof target>
export type TargetConfigOf<K extends TargetConfig["kind"]> = Extract<TargetConfig, { readonly kind: K }>

/** `notifications:` of `thwart.yaml`. */
export const notificationsConfig = z.strictObject({
  /** Where people reach the console, for links; null: none. */
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .default(null),
  targets: z.array(target).max(20).default([]),
})
export type NotificationsConfig = z.infer<typeof notificationsConfig>
