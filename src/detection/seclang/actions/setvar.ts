import type { Latin1 } from "../../../core/index.ts"
import { compileText, type Text } from "../macro.ts"
import type { Effect } from "../rule.ts"
import { remember } from "../run/persistent.ts"
import type { Transaction } from "../run/transaction.ts"
import { Mistake, within } from "../syntax/mistake.ts"
import { persistentCollections } from "../variables/persistent.ts"
import type { ActionDefinition } from "./action.ts"

type Step = "set" | "add" | "subtract" | "remove"

/** A place where a rule keeps something: `tx.name`, `ip.counter`. */
interface Cell {
  readonly read: (transaction: Transaction) => Latin1 | undefined
  readonly write: (transaction: Transaction, value: Latin1) => void
  readonly remove: (transaction: Transaction) => void
}

// Variables of TX in one transaction; names may hold what a client sent.
const maxVariables = 5000

export const setvar: ActionDefinition = {
  name: "setvar",
  argument: "required",
  apply: (draft, text) => {
    const [, mark = "", collection = "", , name = "", , value] =
      /^\s*(!?)\s*([A-Za-z_]+)([.:])([^=]+?)\s*(=\s*([\s\S]*))?$/.exec(text) ?? []
    if (collection === "") throw new Mistake("SECLANG_ACTION", `"${text}" is not an assignment (tx.name=value)`)
    const key = compileText(name)
    const cell = cellOf(collection.toLowerCase(), key)
    if (collection.toLowerCase() === "tx")
      draft.sets.push({ text: key.beginning.trim().toLowerCase(), isWhole: key.constant !== null })
    const [, sign = "", operand = "1"] = /^([+-]?)([\s\S]*)$/.exec(value ?? "1") ?? []
    const step: Step = mark === "!" ? "remove" : sign === "+" ? "add" : sign === "-" ? "subtract" : "set"
    const effect = assign(
      cell,
      step,
      within(text.length - operand.length, () => compileText(operand)),
    )
    const score = step === "add" && collection.toLowerCase() === "tx" ? scoreOf(key) : undefined
    if (score !== undefined) draft.addsScore = true
    draft.atMatch.push(score === undefined ? effect : counted(effect, cell, score))
  },
}

function assign(cell: Cell, step: Step, operand: Text): Effect {
  if (step === "remove") return cell.remove
  if (step === "set") return (transaction) => cell.write(transaction, operand.of(transaction))
  const sign = step === "add" ? 1 : -1
  return (transaction) =>
    cell.write(transaction, String(numberOf(cell.read(transaction) ?? "0") + sign * numberOf(operand.of(transaction))))
}

/** As C's atoi reads it. */
const numberOf = (text: Latin1) => Number.parseInt(text, 10) || 0

function cellOf(collection: string, name: Text): Cell {
  const constant = name.constant === null ? null : name.constant.trim().toLowerCase()
  const keyOf = (transaction: Transaction) => constant ?? name.of(transaction).trim().toLowerCase()
  if (collection === "tx" || collection === "env")
    return {
      read: (transaction) => transaction[collection].get(keyOf(transaction)),
      write: (transaction, value) => {
        const variables = transaction[collection]
        const key = keyOf(transaction)
        if (variables.size < maxVariables || variables.has(key)) variables.set(key, value)
      },
      remove: (transaction) => void transaction[collection].delete(keyOf(transaction)),
    }
  if (persistentCollections.every((known) => known.toLowerCase() !== collection))
    throw new Mistake("SECLANG_ACTION", `rules can't set variables of "${collection}"`)
  return {
    read: (transaction) => transaction.records.get(collection)?.values.get(keyOf(transaction)),
    write: (transaction, value) => {
      const record = transaction.records.get(collection)
      if (record !== undefined) remember(record, keyOf(transaction), value)
    },
    remove: (transaction) => void transaction.records.get(collection)?.values.delete(keyOf(transaction)),
  }
}

interface ScoreVariable {
  readonly direction: "inbound" | "outbound"
  /** From 0. */
  readonly level: number
}

/** The Core Rule Set's sums by paranoia level; version 3.2 and older have no word for inbound. */
function scoreOf({ constant }: Text): ScoreVariable | undefined {
  const [, direction = "inbound", level] =
    /^(?:(inbound|outbound)_)?anomaly_score_pl([1-4])$/i.exec(constant ?? "") ?? []
  if (level === undefined) return undefined
  return { direction: direction.toLowerCase() === "outbound" ? "outbound" : "inbound", level: Number(level) - 1 }
}

/** Keeps what the rule itself added, so that an alert can say whose points they are. */
function counted(effect: Effect, cell: Cell, { direction, level }: ScoreVariable): Effect {
  return (transaction) => {
    const before = numberOf(cell.read(transaction) ?? "0")
    effect(transaction)
    const sums = transaction.added[direction]
    sums[level] = (sums[level] ?? 0) + numberOf(cell.read(transaction) ?? "0") - before
    transaction.added.any = true
  }
}
