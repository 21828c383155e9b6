import { z } from "zod"
import { cidr } from "./address.ts"
import { millis } from "./alert.ts"
import { alertId, nodeId, ruleId } from "./ids.ts"

const plainText = (most: number) => z.string().trim().min(1).max(most)

/** A rule that is turned off, on one node or everywhere. */
export const ruleSwitch = z
  .object({
    rule: ruleId,
    /** Null: everywhere. */
    node: nodeId.nullable(),
    since: millis,
    by: z.string(),
    reason: plainText(500),
  })
  .readonly()
export type RuleSwitch = z.infer<typeof ruleSwitch>

/** Which rules an exception is of. */
export type RuleSelector =
  | { readonly kind: "one"; readonly id: string }
  | { readonly kind: "range"; readonly from: number; readonly to: number }
  | { readonly kind: "tag"; readonly tag: string }

/** Reads `942100`, `942100-942199` or `tag:attack-sqli`; undefined for a range that ends before it begins, and for blanks. */
export function parseRuleSelector(text: string): RuleSelector | undefined {
  const range = /^(\d{1,15})-(\d{1,15})$/.exec(text)
  if (range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])]
    return from <= to ? { kind: "range", from, to } : undefined
  }
  if (text.startsWith("tag:")) return text.length > 4 ? { kind: "tag", tag: text.slice(4) } : undefined
  return text === "" || /\s/.test(text) ? undefined : { kind: "one", id: text }
}

const ruleSelector = z
  .string()
  .trim()
  .max(200)
  .refine((text) => parseRuleSelector(text) !== undefined, {
    error: "a rule's id, a range of ids (942100-942199) or a tag (tag:attack-sqli)",
  })

/** Where an exception holds: all that is named must be so. */
export const exceptionPlace = z.object({
  /** The request's path without its query: exact, or with `*` at its end a beginning. */
  path: z
    .string()
    .max(500)
    .regex(/^\/[^*?#\s]*\*?$/, "a path from the slash on, without a query; only its end may be *")
    .nullable(),
  /** A variable of the rule, or one of its members: `ARGS:comment`, `REQUEST_COOKIES`. */
  parameter: z
    .string()
    .max(300)
    .regex(/^[A-Za-z_]+(:.+)?$/, "a variable such as ARGS:comment")
    .nullable(),
  /** Who sends the request. */
  source: cidr.nullable(),
})

/** Rules that do not count for a path, a parameter or a source. */
export const ruleException = exceptionPlace
  .extend({
    id: z.string(),
    rules: ruleSelector,
    /** Who answers for it: a person or a team. */
    owner: plainText(100),
    reason: plainText(500),
    /** Null: no end. */
    expiresAt: millis.nullable(),
    createdAt: millis,
    createdBy: z.string(),
  })
  .readonly()
export type RuleException = z.infer<typeof ruleException>

export const verdicts = ["true-positive", "false-positive"] as const
export const verdict = z.enum(verdicts)
export type Verdict = z.infer<typeof verdict>

/** What an analyst found an alert to be. */
export const alertVerdict = z.object({ alert: alertId, verdict, at: millis, by: z.string() }).readonly()
export type AlertVerdict = z.infer<typeof alertVerdict>
