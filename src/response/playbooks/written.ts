import { z } from "zod"
import {
  duration,
  type Playbook,
  type PlaybookStep,
  type PlaybookTrigger,
  playbook,
  playbookSteps,
  playbookTrigger,
} from "../../core/index.ts"
import { nearest } from "../../filter/index.ts"
import { checkPlaybook } from "./check.ts"
import type { PlaybookDirectory } from "./directory.ts"

/** `1h`, or `forever`. */
const span = z.union([z.literal("forever").transform(() => null), duration], {
  error: "a length of time such as 10m, 1h or 2d, or forever",
})
const hourMs = 3_600_000

/** A mapping of which one key says what it is; its value is the first thing that is said. */
type Written = Readonly<Record<string, unknown>>

const verbs = ["block", "quarantine", "status", "assign", "comment", "notify"] as const
const occasions = ["rule", "policy", "incident"] as const

const written = z.record(z.string(), z.unknown(), { error: "a mapping, such as { block: attacker, for: 1h }" })

const step = written.transform((value, context): PlaybookStep => {
  const verb = onlyOf(verbs, value, context)
  if (verb === undefined) return z.NEVER
  const { [verb]: object, for: length, ...rest } = value
  const timed = verb === "block" || verb === "quarantine"
  const defaults = {
    kind: verb,
    when: null,
    ...(timed ? { enforcers: [], forMs: spanOf(length, hourMs, context) } : {}),
  }
  // For what has no length of time the key is one too many, and is told as such.
  const said = {
    ...defaults,
    ...rest,
    ...objectOf(verb, object, rest),
    ...(timed || length === undefined ? {} : { for: length }),
  }
  return strictly(playbookSteps[verb].strict(), said, { context, names: { [objectKeys[verb]]: verb, forMs: "for" } })
})

const objectKeys = {
  block: "end",
  quarantine: "action",
  status: "status",
  assign: "to",
  comment: "text",
  notify: "target",
} as const

function objectOf(verb: (typeof verbs)[number], object: unknown, { direction, text }: Written): Written {
  const said = { [objectKeys[verb]]: object }
  // What the source sends is held back where it comes in, what is sent to the destination where it goes out.
  if (verb === "block") return { ...said, direction: direction ?? (object === "destination" ? "outbound" : "inbound") }
  return verb === "notify" ? { ...said, text: text ?? null } : said
}

const trigger = written.transform((value, context): PlaybookTrigger => triggerOf(value, context))

function triggerOf(value: Written, context: z.RefinementCtx): PlaybookTrigger {
  const key = onlyOf(occasions, value, context)
  if (key === undefined) return z.NEVER
  const { [key]: id, stages, ...rest } = value
  const said =
    key === "rule"
      ? { kind: "alert", rule: named(id) }
      : key === "policy"
        ? { kind: "policy", policy: named(id) }
        : { kind: "incident", rule: id === "any" ? null : named(id), minStages: stages ?? 1 }
  const more = key === "incident" || stages === undefined ? rest : { ...rest, stages }
  const schema = playbookTrigger.options.find(({ shape }) => shape.kind.value === said.kind)
  // The cast holds: the schema is the one of this kind of trigger.
  return strictly(
    schema?.strict() ?? z.never(),
    { ...said, ...more },
    { context, names: { rule: key, minStages: "stages" } },
  ) as PlaybookTrigger
}

/** Rules of the Core Rule Set have numbers for names. */
const named = (id: unknown) => (typeof id === "number" ? String(id) : id)

/** The settings of a playbook, whether it is written on one line or on many. */
const settings = (value: Written, context: z.RefinementCtx) => {
  const { every, enabled = true, mode = "interactive", severity = "info", when = null } = value
  return { enabled, mode, severity, when, everyMs: spanOf(every, 600_000, context, "every") }
}

/** One line: a rule (or policy, or incident) and what blocks. */
function oneLine(value: Written, directory: PlaybookDirectory, context: z.RefinementCtx): unknown {
  const { every: _every, enabled: _enabled, mode: _mode, severity: _severity, when: _when, ...rest } = value
  const { for: length, enforcer, id, name, block = "attacker", direction, ...more } = rest
  const shorthand = directory.kinds.find((kind) => kind.shorthand !== undefined && kind.shorthand in more)
  const { [shorthand?.shorthand ?? ""]: target, ...occasion } = more
  const said = shorthand === undefined ? enforcer : target
  if (typeof said !== "string" || (shorthand !== undefined && enforcer !== undefined)) {
    const keys = ["enforcer", ...directory.kinds.flatMap((kind) => kind.shorthand ?? [])]
    const message = `give "steps", or on one line what blocks: one of ${keys.join(", ")}, with a name`
    context.addIssue({ code: "custom", message })
    return z.NEVER
  }
  const blockedWith = shorthand === undefined ? said : `${shorthand.id}:${said}`
  const on = triggerOf(occasion, context)
  const watched = on === z.NEVER ? "" : on.kind === "policy" ? on.policy : (on.rule ?? "any-incident")
  const made = `${watched}/${blockedWith}`.toLowerCase().replace(/[^a-z0-9/_.-]/g, "-")
  const forMs = spanOf(length, hourMs, context)
  const end = { end: block, direction: direction ?? (block === "destination" ? "outbound" : "inbound") }
  return {
    id: id ?? made,
    name: name ?? `Block with ${blockedWith}`,
    ...settings(value, context),
    on,
    steps: [{ kind: "block", when: null, ...end, forMs, enforcers: [blockedWith] }],
  }
}

const anything = z.unknown().optional()

const long = z.strictObject({
  id: anything,
  name: anything,
  on: trigger,
  steps: z.array(step, { error: "a list of steps" }).min(1).max(20),
  ...{ every: anything, enabled: anything, mode: anything, severity: anything, when: anything },
})

/** A playbook as people write it: with steps, or on one line. */
export function writtenPlaybook(directory: PlaybookDirectory) {
  return written.transform((value, context): Playbook => {
    const whole = "steps" in value || "on" in value
    const read = whole ? longForm(value, context) : oneLine(value, directory, context)
    if (read === z.NEVER || context.issues.length > 0) return z.NEVER
    const parsed = strictly(playbook.unwrap(), read, { context, names: { everyMs: "every" } })
    if (parsed === z.NEVER) return z.NEVER
    for (const { path, message, code, offset } of checkPlaybook(parsed, directory))
      context.addIssue({
        code: "custom",
        path: whole ? [...path] : pathOnLine(path, value, directory),
        message,
        params: { code, offset },
      })
    return parsed
  })
}

function longForm(value: Written, context: z.RefinementCtx): unknown {
  const parsed = long.safeParse(value)
  if (!parsed.success) {
    tell(parsed.error.issues, { context, names: {} })
    return z.NEVER
  }
  const { on, steps, id, name } = parsed.data
  return { id, name: name ?? id, ...settings(value, context), on, steps }
}

/** The step of a playbook on one line is not written out: its keys stand beside the others. */
function pathOnLine([first, ...rest]: readonly PropertyKey[], value: Written, { kinds }: PlaybookDirectory) {
  if (first !== "steps") return [first ?? "", ...rest]
  const key = kinds.find(({ shorthand }) => shorthand !== undefined && shorthand in value)?.shorthand ?? "enforcer"
  return rest[1] === "enforcers" ? [key] : rest.slice(1)
}

function spanOf(value: unknown, usual: number, context: z.RefinementCtx, key = "for"): number | null {
  if (value === undefined) return usual
  const parsed = span.safeParse(value)
  if (parsed.success) return parsed.data
  context.addIssue({ code: "custom", path: [key], message: "a length of time such as 10m, 1h or 2d, or forever" })
  return usual
}

function onlyOf<T extends string>(words: readonly T[], value: Written, context: z.RefinementCtx): T | undefined {
  const found = words.filter((word) => word in value)
  const [one] = found
  if (found.length === 1 && one !== undefined) return one
  const meant = Object.keys(value)
    .map((key) => [key, nearest(key, words)] as const)
    .find(([, word]) => word !== undefined)
  const hint = found.length === 0 && meant !== undefined ? `; did you mean ${meant[1]} instead of ${meant[0]}?` : ""
  context.addIssue({
    code: "custom",
    message:
      found.length === 0
        ? `it says none of: ${words.join(", ")}${hint}`
        : `it says ${found.join(" and ")}; say one of them`,
  })
  return undefined
}

interface Telling {
  readonly context: z.RefinementCtx
  /** How people write the keys that have other names inside. */
  readonly names: Readonly<Record<string, string>>
}

function strictly<S extends z.ZodType>(schema: S, value: unknown, telling: Telling): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  tell(parsed.error.issues, telling)
  return z.NEVER
}

/** A misspelt key is told of at its place. */
function tell(issues: readonly z.core.$ZodIssue[], { context, names }: Telling): void {
  for (const issue of issues) {
    const path = issue.path.map((key) => (typeof key === "string" ? (names[key] ?? key) : key))
    const key = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : []
    const params = issue.code === "custom" ? issue.params : undefined
    context.addIssue({ code: "custom", path: [...path, ...key], message: issue.message, ...(params && { params }) })
  }
}
