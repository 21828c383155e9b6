import { compileText } from "../macro.ts"
import { severityNames } from "../rule.ts"
import type { Phase } from "../run/transaction.ts"
import { Mistake } from "../syntax/mistake.ts"
import type { ActionDefinition } from "./action.ts"

const fail = (message: string): never => {
  throw new Mistake("SECLANG_ACTION", message)
}

const id: ActionDefinition = {
  name: "id",
  argument: "required",
  firstOnly: true,
  apply: (draft, text) => {
    // Larger numbers would not be whole in JavaScript.
    if (!/^\d{1,15}$/.test(text) || Number(text) === 0)
      fail(`"${text}" is not an id (a number from 1, of up to 15 digits)`)
    if (draft.id !== null) fail("a rule has one id")
    draft.id = Number(text)
  },
}

const namedPhases: Readonly<Record<string, Phase>> = { request: 2, response: 4, logging: 5 }

const phase: ActionDefinition = {
  name: "phase",
  argument: "required",
  firstOnly: true,
  apply: (draft, text) => {
    const named = Object.hasOwn(namedPhases, text.toLowerCase()) ? namedPhases[text.toLowerCase()] : undefined
    if (named === undefined && !/^[1-5]$/.test(text))
      fail(`"${text}" is not a phase (1 to 5, request, response, logging)`)
    // The cast holds: it is one digit from 1 to 5.
    draft.phase = named ?? (Number(text) as Phase)
  },
}

const msg: ActionDefinition = {
  name: "msg",
  argument: "required",
  firstOnly: true,
  apply: (draft, text) => {
    draft.message = text
    draft.messageText = compileText(text)
  },
}

const logdata: ActionDefinition = {
  name: "logdata",
  argument: "required",
  apply: (draft, text) => {
    draft.logText = compileText(text)
  },
}

const severity: ActionDefinition = {
  name: "severity",
  argument: "required",
  firstOnly: true,
  apply: (draft, text) => {
    const index = /^[0-7]$/.test(text) ? Number(text) : severityNames.findIndex((name) => name === text.toUpperCase())
    if (index < 0) fail(`"${text}" is not a severity (${severityNames.join(", ")})`)
    draft.severity = index
  },
}

const tag: ActionDefinition = {
  name: "tag",
  argument: "required",
  firstOnly: true,
  apply: (draft, text) => void draft.tags.push(text),
}

const ver: ActionDefinition = {
  name: "ver",
  argument: "required",
  firstOnly: true,
  apply: (draft, text) => {
    draft.version = text
  },
}

const rev: ActionDefinition = {
  name: "rev",
  argument: "required",
  firstOnly: true,
  apply: (draft, text) => {
    draft.revision = text
  },
}

const grade = (name: "accuracy" | "maturity"): ActionDefinition => ({
  name,
  argument: "required",
  firstOnly: true,
  apply: (draft, text) => {
    if (!/^[0-9]$/.test(text)) fail(`"${text}" is not a grade (0 to 9)`)
    draft[name] = Number(text)
  },
})

/** What a rule says of itself. */
export const metadata: readonly ActionDefinition[] = [
  id,
  phase,
  msg,
  logdata,
  severity,
  tag,
  ver,
  rev,
  grade("accuracy"),
  grade("maturity"),
]
