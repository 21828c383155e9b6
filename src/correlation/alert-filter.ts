import { z } from "zod"
import { type Alert, type AlertField, alertFields, alertValue, isAlertField, ThwartError } from "../core/index.ts"
import { type Filter, nearest, parseFilter, type Schema } from "../filter/index.ts"

/** What a filter can ask of an alert. */
const alertSchema: Schema<Alert> = {
  fields: alertFields,
  read: (alert, name) => (isAlertField(name) ? alertValue(alert, name) : undefined),
}

/** A filter over alerts in the event query language; every mistake is told at its place. */
export const alertFilterText = z.string().superRefine((text, context) => {
  const parsed = parseFilter(text, alertSchema)
  if (parsed.kind === "ok") return
  for (const { message, code, offset } of parsed.problems)
    context.addIssue({ code: "custom", message, params: { code, offset } })
})

/** The name of a field of alerts. */
export const alertFieldName = z.string().transform((name, context): AlertField => {
  if (isAlertField(name)) return name
  const meant = nearest(name, alertFields.keys())
  context.addIssue({
    code: "custom",
    message: `alerts have no field "${name.slice(0, 100)}"${meant === undefined ? "" : `; did you mean ${meant}?`}`,
  })
  return z.NEVER
})

/** Throws THWART_RULES_INVALID for a text that was not checked when its rule was read. */
export function alertFilterOf(text: string): Filter<Alert> {
  const parsed = parseFilter(text, alertSchema)
  if (parsed.kind === "ok") return parsed.filter
  throw new ThwartError(
    "THWART_RULES_INVALID",
    `the filter ${JSON.stringify(text.slice(0, 200))} is wrong: ${parsed.problems[0]?.message ?? "it can't be read"}`,
  )
}
