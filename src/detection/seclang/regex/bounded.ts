import { createContext, Script } from "node:vm"
import { regexForLongValues } from "../../regex-safety.ts"
import { emitRegex } from "./emit.ts"
import { isLinear, linearSuperset } from "./linear.ts"
import type { ParsedRegex, RegexNode } from "./node.ts"

type Exec = (value: string) => RegExpExecArray | null

/** A pattern took longer than what is left of its transaction's time for such patterns. */
export class RegexBudgetExceeded extends Error {}

// For all matches of one transaction that V8 can't do in linear time; an honest one takes microseconds.
const budgetMs = 20
// So short that even an exponential pattern ends soon.
const shortValue = 16
const longValue = 4096

let leftMs = budgetMs

/** Begins a transaction: what runs after has the whole budget. */
export function renewRegexBudget(): void {
  leftMs = budgetMs
}

/** Runs a pattern, compiled as `regex`, in bounded time whatever the value. */
export function boundedExec(regex: RegExp, { root }: ParsedRegex): Exec {
  if (!isLinear(root)) return timedExec(regex, root)
  let forLong: RegExp | undefined
  return (value) => {
    if (value.length < longValue) return regex.exec(value)
    forLong ??= regexForLongValues(regex.source)
    return forLong.exec(value)
  }
}

/**
 * Runs a pattern that V8 can't run in linear time. Where its linear superset does not match, neither does it, which settles most values;
 * on the others it throws when it takes longer than its budget, so that its rule is passed over and told of.
 */
function timedExec(regex: RegExp, root: RegexNode): Exec {
  const parsed = { root: linearSuperset(root), captures: 0 }
  const superset = boundedExec(new RegExp(emitRegex(parsed).source, "s"), parsed)
  const place: { regex: RegExp; value: string; found: RegExpExecArray | null } = { regex, value: "", found: null }
  let run: ((timeout: number) => void) | undefined
  return (value) => {
    if (value.length <= shortValue) return regex.exec(value)
    if (superset(value) === null) return null
    run ??= inContext(place)
    place.value = value
    place.found = null
    spend(run, value)
    place.value = ""
    return place.found
  }
}

/** The timer counts what the machine does beside; a try that had too little of the processor is made again, with more time. */
function spend(run: (timeout: number) => void, { length }: string): void {
  for (let wall = Math.ceil(leftMs); leftMs > 0; wall *= 2) {
    const start = process.threadCpuUsage()
    try {
      run(wall)
      return
    } catch (error) {
      if (!isTimeout(error)) throw error
    } finally {
      const { user, system } = process.threadCpuUsage(start)
      leftMs -= (user + system) / 1000
    }
  }
  throw new RegexBudgetExceeded(`its pattern takes longer on ${length} bytes than the ${budgetMs} ms of a request`)
}

/** It comes from the context that was stopped, whose Error is another. */
const isTimeout = (error: unknown) =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"

function inContext(place: object): (timeout: number) => void {
  const script = new Script("place.found = place.regex.exec(place.value)")
  const context = createContext({ place })
  return (timeout) => script.runInContext(context, { timeout })
}
