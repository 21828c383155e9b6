import { z } from "zod"
import { duration } from "./duration.ts"
import { networkPolicy, type Policy, quarantinePolicy, rateMistake } from "./policy.ts"
import { rateText } from "./rate.ts"
import { type Parsed, parseYaml } from "./yaml.ts"

/** `1h`, or `forever`. */
const span = z.union([z.literal("forever").transform(() => null), duration], {
  error: "a length of time such as 10m, 1h or 2d, or forever",
})

// What a person leaves out of a file. Interactive: nothing is done that nobody saw before.
const draft = z.looseObject({
  kind: z.enum(["network", "quarantine"]).default("network"),
  enabled: z.boolean().default(true),
  mode: z.unknown().default("interactive"),
  count: z.unknown().default(1),
  enforcers: z.unknown().default([]),
  on: z.looseObject({}).transform((on) => ({
    ...(on.kind === "alert"
      ? { classtypes: [], intents: [], tactics: [], techniques: [] }
      : { rule: null, minStages: 1 }),
    ...on,
  })),
  window: duration,
  for: span,
  rate: rateText.optional(),
})

// A misspelt key is told of instead of passed over.
const strictNetwork = networkPolicy.unwrap().strict()
const strictQuarantine = quarantinePolicy.unwrap().strict()

/** As people write it: `window: 10m` and `for: 1h` instead of milliseconds, and defaults for what is mostly the same. */
const written = draft.transform(({ window, for: forMs, ...rest }, context): Policy => {
  const plain = { ...rest, windowMs: window }
  const parsed =
    rest.kind === "quarantine"
      ? strictQuarantine.safeParse({ ...plain, holdMs: forMs })
      : strictNetwork.safeParse({ ...plain, blockMs: forMs })
  const mistake = parsed.success ? rateMistake(parsed.data) : undefined
  if (mistake !== undefined) context.addIssue({ code: "custom", ...mistake })
  else if (parsed.success) return parsed.data
  for (const issue of parsed.error?.issues ?? []) {
    const key = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : []
    context.addIssue({ code: "custom", path: [...issue.path, ...key], message: issue.message })
  }
  return z.NEVER
})

/** Policies of a YAML file: one, or `policies:` with a list; every mistake is told with its line. */
export function parsePolicies(text: string, file: string): Parsed<readonly Policy[]> {
  const many = z.strictObject({ policies: z.array(written).min(1).max(100) }).transform(({ policies }) => policies)
  const isList = /^policies\s*:/m.test(text)
  return parseYaml(text, file, isList ? many : written.transform((one): readonly Policy[] => [one]))
}
