import type { Assignment } from "./rule.ts"
import { type Transform, transformations } from "./transformations/index.ts"

/** What the action list of a rule says. */
export interface Actions {
  id: string
  phase: number
  message: string
  severity: string | null
  readonly tags: string[]
  transforms: Transform[]
  transformNames: string[]
  readonly assignments: Assignment[]
  capture: boolean
  chain: boolean
  multiMatch: boolean
  silent: boolean
  skipAfter: string | null
}

const severities = ["EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"]

/** Known, and without a meaning here: alerts are raised by score, and logging is not the rules' business. */
const ignored = new Set([
  "pass",
  "block",
  "deny",
  "drop",
  "allow",
  "log",
  "auditlog",
  "noauditlog",
  "logdata",
  "ver",
  "rev",
  "accuracy",
  "maturity",
  "status",
  "expirevar",
  "initcol",
])
const needsValue = new Set(["id", "phase", "msg", "severity", "tag", "t", "setvar", "skipafter"])
const unsupported = new Set(["allow", "expirevar", "initcol"])

type Apply = (actions: Actions, value: string) => void

const known: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  ["id", (actions, value) => Object.assign(actions, { id: digits(value, "id") })],
  ["phase", (actions, value) => Object.assign(actions, { phase: phaseOf(value) })],
  ["msg", (actions, value) => Object.assign(actions, { message: value })],
  ["severity", (actions, value) => Object.assign(actions, { severity: severityOf(value) })],
  ["tag", (actions, value) => void actions.tags.push(value)],
  ["t", addTransform],
  ["setvar", (actions, value) => void actions.assignments.push(assignmentOf(value))],
  ["capture", (actions) => Object.assign(actions, { capture: true })],
  ["chain", (actions) => Object.assign(actions, { chain: true })],
  ["multimatch", (actions) => Object.assign(actions, { multiMatch: true })],
  ["nolog", (actions) => Object.assign(actions, { silent: true })],
  ["skipafter", (actions, value) => Object.assign(actions, { skipAfter: value })],
])

/** Reads `id:1,phase:2,t:lowercase,…`; every mistake becomes a sentence in `complain`. */
export function readActions(text: string, complain: (message: string) => void): Actions {
  const actions: Actions = {
    id: "",
    phase: 2,
    message: "",
    severity: null,
    tags: [],
    transforms: [],
    transformNames: [],
    assignments: [],
    capture: false,
    chain: false,
    multiMatch: false,
    silent: false,
    skipAfter: null,
  }
  for (const part of splitOutsideQuotes(text)) {
    const colon = part.indexOf(":")
    const name = (colon < 0 ? part : part.slice(0, colon)).trim().toLowerCase()
    const value =
      colon < 0
        ? ""
        : part
            .slice(colon + 1)
            .trim()
            .replace(/^'([\s\S]*)'$/, "$1")
    try {
      const apply = known.get(name)
      if (unsupported.has(name)) throw new Error(`the action "${name}" is not supported`)
      if (apply === undefined && !ignored.has(name)) throw new Error(`there is no action "${name}"`)
      if (needsValue.has(name) && value === "") throw new Error(`the action "${name}" needs a value`)
      apply?.(actions, value)
    } catch (error) {
      complain(error instanceof Error ? error.message : String(error))
    }
  }
  return actions
}

function addTransform(actions: Actions, value: string): void {
  const name = value.toLowerCase()
  if (name === "none") {
    actions.transforms = []
    actions.transformNames = []
    return
  }
  const transform = transformations.get(name)
  if (transform === undefined) throw new Error(`there is no transformation "${value}"`)
  actions.transforms.push(transform)
  actions.transformNames.push(name)
}

function digits(value: string, what: string): string {
  if (!/^\d{1,18}$/.test(value)) throw new Error(`"${value}" is not a number for ${what}`)
  return value
}

function phaseOf(value: string): number {
  const named: Readonly<Record<string, number>> = { request: 2, response: 4, logging: 5 }
  const phase = Object.hasOwn(named, value) ? (named[value] ?? 0) : Number(value)
  if (!Number.isInteger(phase) || phase < 1 || phase > 5)
    throw new Error(`"${value}" is not a phase (1 to 5, request, response, logging)`)
  return phase
}

function severityOf(value: string): string {
  const name = /^[0-7]$/.test(value) ? (severities[Number(value)] ?? "") : value.toUpperCase()
  if (!severities.includes(name)) throw new Error(`"${value}" is not a severity (${severities.join(", ")})`)
  return name
}

function assignmentOf(text: string): Assignment {
  const [, remove, collection = "", name = "", value = "1"] =
    /^(!?)([A-Za-z]+)\.([^=]+)(?:=([\s\S]*))?$/.exec(text) ?? []
  if (collection.toLowerCase() !== "tx") throw new Error(`setvar knows the collection TX alone, not "${text}"`)
  const step = remove === "!" ? "remove" : value.startsWith("+") ? "add" : value.startsWith("-") ? "subtract" : "set"
  return { name: name.toLowerCase(), step, value: step === "add" || step === "subtract" ? value.slice(1) : value }
}

function splitOutsideQuotes(text: string): readonly string[] {
  const parts: string[] = []
  let part = ""
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === "\\" && text.charAt(at + 1) === "'") part += text.charAt(++at)
    else if (character === "," && !quoted) {
      parts.push(part)
      part = ""
    } else {
      if (character === "'") quoted = !quoted
      part += character
    }
  }
  return [...parts, part].filter((one) => one.trim() !== "")
}
