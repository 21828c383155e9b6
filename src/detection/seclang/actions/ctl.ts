import { bodyProcessors } from "../bodies/body.ts"
import type { Effect } from "../rule.ts"
import type { IdRange, Removals, RemovedTarget } from "../run/removals.ts"
import { Mistake, within } from "../syntax/mistake.ts"
import { readTargetList } from "../syntax/target-list.ts"
import { memberTest, resolveTarget } from "../targets.ts"
import type { ActionDefinition } from "./action.ts"

type Option = (value: string) => Effect

const removeRules =
  (change: (removals: Removals) => void): Effect =>
  ({ removals }) => {
    removals.any = true
    removals.changed = true
    change(removals)
  }

/** `id;ARGS:name`, where the part behind the semicolon is a variable. */
function withTarget(value: string, change: (removals: Removals, what: string, target: RemovedTarget) => void): Effect {
  const semicolon = value.indexOf(";")
  if (semicolon < 0) throw new Mistake("SECLANG_ACTION", `"${value}" names no variable behind a semicolon`)
  const targets = within(semicolon + 1, () =>
    readTargetList(value.slice(semicolon + 1)).map((written) => ({
      variable: resolveTarget(written).number,
      member: memberTest(written.selector),
    })),
  )
  const what = value.slice(0, semicolon).trim()
  return ({ removals }) => {
    for (const target of targets) {
      removals.variables.add(target.variable)
      change(removals, what, target)
    }
  }
}

export function readIdRange(text: string): IdRange {
  const [, from = "", to = from] = /^\s*(\d{1,15})\s*(?:-\s*(\d{1,15})\s*)?$/.exec(text) ?? []
  if (from === "") throw new Mistake("SECLANG_ACTION", `"${text}" is not a rule's id or a range of ids`)
  return { from: Number(from), to: Number(to) }
}

function oneOf(value: string, ...allowed: readonly string[]): string {
  const lower = value.toLowerCase()
  if (!allowed.includes(lower)) throw new Mistake("SECLANG_ACTION", `"${value}" is not one of ${allowed.join(", ")}`)
  return lower
}

const nothing: Option = () => () => undefined

const options: Readonly<Record<string, Option>> = {
  ruleremovebyid: (value) => {
    const ids = readIdRange(value)
    return removeRules((removals) => void removals.ids.push(ids))
  },
  ruleremovebytag: (value) => removeRules((removals) => void removals.tags.push(value)),
  ruleremovebymsg: (value) => removeRules((removals) => void removals.messages.push(value)),
  ruleremovetargetbyid: (value) => {
    const ids = readIdRange(value.split(";", 1)[0] ?? "")
    return withTarget(value, ({ targetsById }, _, target) => void targetsById.push({ ids, target }))
  },
  ruleremovetargetbytag: (value) =>
    withTarget(value, ({ targetsByTag }, tag, target) => void targetsByTag.push({ tag, target })),
  ruleremovetargetbymsg: (value) =>
    withTarget(value, ({ targetsByMessage }, message, target) => void targetsByMessage.push({ message, target })),
  ruleengine: (value) => {
    const on = oneOf(value, "on", "off", "detectiononly") !== "off"
    return (transaction) => {
      transaction.engineOn = on
    }
  },
  requestbodyaccess: (value) => {
    const on = oneOf(value, "on", "off") === "on"
    return (transaction) => {
      transaction.bodyAccess = on
    }
  },
  requestbodyprocessor: (value) => {
    const name = value.toUpperCase()
    if (!bodyProcessors.has(name))
      throw new Mistake(
        "SECLANG_ACTION",
        `"${value}" is not a body processor (${[...bodyProcessors.keys()].join(", ")})`,
      )
    return (transaction) => {
      transaction.bodyProcessor = name
    }
  },
  // REQUEST_BODY always holds the body here.
  forcerequestbodyvariable: nothing,
  auditengine: nothing,
  auditlogparts: nothing,
  debugloglevel: nothing,
}

/** Changes how the rest of the transaction is looked at. */
export const ctl: ActionDefinition = {
  name: "ctl",
  argument: "required",
  apply: (draft, text) => {
    const equals = text.indexOf("=")
    const name = (equals < 0 ? text : text.slice(0, equals)).trim().toLowerCase()
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined || equals < 0)
      throw new Mistake("SECLANG_ACTION", `ctl knows no "${text}", or it is not supported`)
    draft.afterMatch.push(within(equals + 1, () => option(text.slice(equals + 1).trim())))
  },
}
