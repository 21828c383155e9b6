import { z } from "zod"
import {
  classtype,
  duration,
  type EventField,
  eventFields,
  intent,
  isEventField,
  millis,
  ruleId,
  severity,
  tactic,
  technique,
} from "../../core/index.ts"
import { nearest, parseFilter } from "../../filter/index.ts"
import { eventSchema } from "./event-schema.ts"
import { isTemplate, parseTemplate } from "./template.ts"

const filterText = z.string().superRefine((text, context) => {
  const parsed = parseFilter(text, eventSchema)
  if (parsed.kind === "ok") return
  for (const { message, code, offset } of parsed.problems)
    context.addIssue({ code: "custom", message, params: { code, offset } })
})

const template = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .superRefine((text, context) => {
      const read = parseTemplate(text)
      if (isTemplate(read)) return
      for (const { message, offset } of read)
        context.addIssue({ code: "custom", message, params: { code: "TEMPLATE_INVALID", offset } })
    })

const fieldName = z.string().transform((name, context): EventField => {
  if (isEventField(name)) return name
  const meant = nearest(name, eventFields.keys())
  context.addIssue({
    code: "custom",
    message: `there is no field "${name.slice(0, 100)}"${meant === undefined ? "" : `; did you mean ${meant}?`}`,
  })
  return z.NEVER
})

const day = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).transform((text) => Date.parse(text))

/** Events that are known and no attack. */
const suppression = z.strictObject({
  filter: filterText,
  reason: z.string().trim().min(1).max(500),
  /** Exclusive; null: for good. */
  until: day.nullable().default(null),
})

const threshold = z.strictObject({
  /** So many events in the window; or so many different values of `distinct`. */
  count: z.int().min(1).max(1000),
  distinct: fieldName.nullable().default(null),
})

const dayMs = 86_400_000

/** A rule over the fields of events, as people write it. */
export const writtenEventRule = z
  .strictObject({
    /** Stays when everything else of the rule changes. */
    id: ruleId.regex(/^[a-z0-9][a-z0-9/_.-]*$/, "small letters, digits and / _ . -"),
    name: z.string().trim().min(1).max(200),
    title: template(300),
    description: template(4000),
    filter: filterText,
    severity,
    classtype,
    intent,
    tactic: tactic.nullable().default(null),
    technique: technique.nullable().default(null),
    /** Where the idea is from. */
    sources: z.array(z.url().max(500)).max(20).readonly().default([]),
    /** Events that agree in these (and on the node) are one alert within the window. */
    aggregate: z.array(fieldName).max(10).readonly().default([]),
    threshold: threshold.readonly().prefault({ count: 1 }),
    window: duration.pipe(millis.min(1000).max(30 * dayMs)).default(3_600_000),
    suppressions: z.array(suppression.readonly()).max(100).readonly().default([]),
    enabled: z.boolean().default(true),
  })
  .transform(({ window, ...rest }) => ({ ...rest, windowMs: window }))
  .readonly()

export type EventRule = z.output<typeof writtenEventRule>
