import { stringify } from "yaml"
import type { Parsed } from "../../core/index.ts"
import type { EventRule } from "./event-rule.ts"
import { parseEventRules } from "./rule-file.ts"

const lineWidth = 120
const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const

/** A file with the rule under another id, ready to be changed; or what is wrong with the id. */
export function cloneEventRule(rule: EventRule, id: string): Parsed<string> {
  const { name, windowMs, threshold, suppressions, sources, aggregate, tactic, technique, ...rest } = rule
  const written = {
    ...rest,
    id,
    name: `${name.slice(0, 190)} (copy)`,
    ...(tactic === null ? {} : { tactic }),
    ...(technique === null ? {} : { technique }),
    ...(sources.length === 0 ? {} : { sources }),
    ...(aggregate.length === 0 ? {} : { aggregate }),
    threshold: threshold.distinct === null ? { count: threshold.count } : threshold,
    window: spanOf(windowMs),
    ...(suppressions.length === 0 ? {} : { suppressions: suppressions.map(suppressionOf) }),
  }
  const text = stringify({ rules: [inOrder(written)] }, { lineWidth })
  const checked = parseEventRules(text, "clone")
  return checked.kind === "ok" ? { kind: "ok", value: text } : checked
}

// As people write them.
const order = [
  ...["id", "name", "title", "description", "filter", "severity", "classtype", "intent", "tactic", "technique"],
  ...["sources", "aggregate", "threshold", "window", "suppressions", "enabled"],
]

function inOrder(written: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(written).sort(([one], [other]) => order.indexOf(one) - order.indexOf(other)))
}

function suppressionOf({ until, ...rest }: EventRule["suppressions"][number]) {
  return until === null ? rest : { ...rest, until: new Date(until).toISOString() }
}

/** As a rule's window is written: `10m`, `90s`. */
function spanOf(ms: number): string | number {
  const [unit, size] = units.find(([, one]) => ms % one === 0) ?? []
  return unit === undefined || size === undefined ? ms : `${ms / size}${unit}`
}
