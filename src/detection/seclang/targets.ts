import type { Latin1 } from "../../core/index.ts"
import { compileRegex } from "./regex/compile.ts"
import { beginningOf } from "./regex/needs.ts"
import { ruleFlags } from "./regex/parse.ts"
import type { Target } from "./rule.ts"
import { createSelection, emptySelection } from "./run/selection.ts"
import type { Phase, Refreshed, Transaction } from "./run/transaction.ts"
import { membersOf, type Value } from "./run/value.ts"
import { Mistake, within } from "./syntax/mistake.ts"
import type { Selector, WrittenTarget } from "./syntax/target-list.ts"
import { collectionOf, findVariable, type NumberedVariable, unsupportedVariables } from "./variables/variables.ts"
import { xmlPaths } from "./variables/xml.ts"

/** Resolves a target's variable; throws a Mistake for one that is unknown, or has no such members. */
export function resolveTarget({ variable: name, selector, offset, text }: WrittenTarget): NumberedVariable {
  const variable = findVariable(name)
  if (variable === undefined) {
    const why = unsupportedVariables.get(name)
    throw new Mistake(
      "SECLANG_VARIABLE",
      why === undefined ? `there is no variable "${name}"` : `the variable ${name} is not supported: ${why}`,
      offset,
    )
  }
  const { shape } = variable.definition
  if (shape === "single" && selector !== null)
    throw new Mistake("SECLANG_VARIABLE", `${name} is one value and has no members, so "${text}" is none`, offset)
  if (shape === "paths" && !(selector?.kind === "key" && xmlPaths.includes(selector.key)))
    throw new Mistake(
      "SECLANG_VARIABLE",
      `of ${name} only ${xmlPaths.map((path) => `${name}:${path}`).join(" and ")} are supported`,
      offset,
    )
  return variable
}

/** Whether a member's name fits; null when every one does. */
export function memberTest(selector: Selector | null): ((key: string) => boolean) | null {
  if (selector === null) return null
  if (selector.kind === "key") {
    const wanted = selector.key.toLowerCase()
    return (key) => key.length === wanted.length && key.toLowerCase() === wanted
  }
  const { test, parsed } = within(selector.offset, () =>
    compileRegex(selector.source, { ...ruleFlags, caseless: true }),
  )
  const beginning = beginningOf(parsed().root)
  return beginning === undefined ? test : (key) => beginsWith(key, beginning)
}

/** Letter by letter, in any case: asked of every variable that rules set, where mostly the first differs. */
function beginsWith(key: Latin1, beginning: Latin1): boolean {
  for (let at = 0; at < beginning.length; at++) {
    const code = key.charCodeAt(at)
    if ((code >= 65 && code <= 90 ? code + 32 : code) !== beginning.charCodeAt(at)) return false
  }
  return true
}

export interface TargetCompiler {
  compile(written: readonly WrittenTarget[]): readonly Target[]
  /** Once all are compiled: which selections are made anew in which phase. */
  refreshed(): Refreshed
}

/** Compiles lists of variables; the same selection of different rules is read once a transaction. */
export function createTargetCompiler(): TargetCompiler {
  const selections = new Map<string, Target["select"]>()
  const numbered: NumberedVariable[] = []
  const keep = (variable: NumberedVariable, select: Target["select"]): Target["select"] => {
    if (variable.definition.fresh === "always") return select
    const number = numbered.push(variable) - 1
    return (transaction) => {
      const known = transaction.selections[number]
      if (known !== undefined) return known
      const selection = select(transaction)
      transaction.selections[number] = selection
      return selection
    }
  }
  const selectOf = (target: WrittenTarget, excluded: readonly WrittenTarget[]): Target["select"] => {
    const key = [target, ...excluded].map(({ text }) => text.replace(/^&/, "")).join("|")
    const known = selections.get(key)
    if (known !== undefined) return known
    const variable = resolveTarget(target)
    const select = keep(
      variable,
      excluded.length === 0 ? chosen(variable, target.selector) : without(selectOf(target, []), excluded),
    )
    selections.set(key, select)
    return select
  }
  return {
    refreshed: () => refreshedOf(numbered),
    compile: (written) => {
      for (const target of written) {
        resolveTarget(target)
        memberTest(target.selector)
      }
      const excluded = written.filter(({ mark }) => mark === "!")
      return written.flatMap((target) => {
        if (target.mark === "!") return []
        const variable = resolveTarget(target)
        const relevant = excluded.filter((one) => one.variable === target.variable)
        return [
          {
            variable: variable.number,
            name: variable.definition.name,
            text: target.text,
            count: target.mark === "&",
            select: selectOf(target, relevant),
            changing: variable.definition.fresh === "always",
            only: relevant.length === 0 ? onlyValue(variable, target) : null,
          },
        ]
      })
    },
  }
}

function onlyValue({ definition }: NumberedVariable, { selector, mark }: WrittenTarget): Target["only"] {
  const { memberText } = definition
  if (memberText === undefined || selector?.kind !== "key") return null
  const key = selector.key.toLowerCase()
  if (mark === "&") return { key: "", text: (transaction) => (memberText(transaction, key) === undefined ? "0" : "1") }
  return { key, text: (transaction) => memberText(transaction, key) }
}

/** The same selection where nothing is excluded, so that what is known of it is shared. */
function without(select: Target["select"], excluded: readonly WrittenTarget[]): Target["select"] {
  const tests = excluded.map((one) => memberTest(one.selector))
  const isExcluded = ({ key }: Value) => {
    for (const test of tests) if (test === null || test(key)) return true
    return false
  }
  return (transaction) => {
    const selection = select(transaction)
    return selection.values.some(isExcluded)
      ? createSelection(selection.values.filter((value) => !isExcluded(value)))
      : selection
  }
}

function chosen(variable: NumberedVariable, selector: Selector | null): Target["select"] {
  const read = reading(variable, selector)
  return (transaction) => {
    const values = read(transaction)
    return values.length === 0 ? emptySelection : createSelection(values)
  }
}

type Read = (transaction: Transaction) => readonly Value[]

function reading(variable: NumberedVariable, selector: Selector | null): Read {
  if (selector === null) return (transaction) => collectionOf(transaction, variable).values
  if (selector.kind === "key") {
    const key = selector.key.toLowerCase()
    const { member } = variable.definition
    return member === undefined
      ? (transaction) => membersOf(collectionOf(transaction, variable), key)
      : (transaction) => member(transaction, key)
  }
  const test = memberTest(selector)
  const { matching } = variable.definition
  if (matching !== undefined && test !== null) return (transaction) => matching(transaction, test)
  return (transaction) => collectionOf(transaction, variable).values.filter(({ key }) => test === null || test(key))
}

function refreshedOf(numbered: readonly NumberedVariable[]): Refreshed {
  const by = (phase: Phase) =>
    numbered.flatMap(({ definition: { fresh = [] } }, number) =>
      fresh !== "always" && fresh.includes(phase) ? [number] : [],
    )
  return { 1: by(1), 2: by(2), 3: by(3), 4: by(4), 5: by(5) }
}
