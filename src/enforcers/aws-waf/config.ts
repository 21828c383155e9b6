import { z } from "zod"
import { parseWebAclArn, type WebAclArn } from "./arn.ts"

const webAcl = z.string().transform((text, context): WebAclArn => {
  const parsed = parseWebAclArn(text)
  if (parsed.kind === "ok") return parsed.value
  context.issues.push({ code: "custom", message: parsed.reason, input: text })
  return z.NEVER
})

/** The settings of the AWS WAF enforcer in `thwart.yaml`. */
export const awsWafConfig = z.strictObject({
  kind: z.literal("aws-waf"),
  webAcls: z.array(webAcl).min(1).max(50),
  /** Begins the names of everything that is made; two servers that write into the same web ACL need two. */
  namePrefix: z
    .string()
    .regex(/^[A-Za-z][\w-]{0,31}$/, "it has letters, digits, _ and -, begins with a letter, and is at most 32 long")
    .default("thwart"),
  action: z.enum(["block", "captcha", "challenge", "count"]).default("block"),
  /** Where the rules stand among the web ACL's own: at this number, or the next that is free. */
  priority: z.int().min(0).max(1_000_000).default(0),
  /** Take the address from a header that a proxy in front writes, instead of the connection. */
  forwardedHeader: z
    .strictObject({
      name: z.string().regex(/^[\w-]{1,255}$/, "it is the name of a header, such as X-Forwarded-For"),
      position: z.enum(["first", "last", "any"]).default("first"),
      /** What holds when the header has something else than an address there. */
      fallback: z.enum(["match", "no-match"]).default("no-match"),
    })
    .nullable()
    .default(null),
  /** IP sets of 10,000 entries for each family and web ACL; an account has 100 a region, unless AWS raised it. */
  setsPerFamily: z.int().min(1).max(10).default(2),
  /** Show each call that would change something, and change nothing. */
  dryRun: z.boolean().default(false),
})

export type AwsWafConfig = z.infer<typeof awsWafConfig>
export type AwsWafSettings = Omit<AwsWafConfig, "kind" | "webAcls">
