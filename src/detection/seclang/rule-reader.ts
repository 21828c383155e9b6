import { actions, unsupportedActions } from "./actions/actions.ts"
import { createDraft, type RuleDraft } from "./draft.ts"
import type { OperatorContext } from "./operators/operator.ts"
import { operators, unsupportedOperators } from "./operators/operators.ts"
import { createRegistry } from "./registry.ts"
import { readActionList } from "./syntax/action-list.ts"
import type { Directive, Word } from "./syntax/directives.ts"
import { Mistake, within } from "./syntax/mistake.ts"
import { readTargetList } from "./syntax/target-list.ts"
import { memberTest, resolveTarget } from "./targets.ts"

const findOperator = createRegistry(operators)
const findAction = createRegistry(actions)

/** Runs a reading; a Mistake in it is told at its place in the word, and gives undefined. */
export type Guarded = <T>(word: Word, read: () => T) => T | undefined

export interface RuleReading {
  readonly file: string
  readonly guarded: Guarded
  readonly context: OperatorContext
}

/** Reads `SecRule` or `SecAction` into a draft. All mistakes in it are told; a rule with one is none. */
export function readRule({ name, args }: Directive, { file, guarded, context }: RuleReading): RuleDraft | undefined {
  const isAction = name.text.toLowerCase() === "secaction"
  const [targets, operator, list] = isAction ? [undefined, undefined, args[0]] : args
  let test: RuleDraft["test"] = null
  let good = true
  if (!isAction) {
    const written = targets === undefined ? undefined : guarded(targets, () => readTargets(targets.text))
    const read = operator === undefined ? undefined : guarded(operator, () => readOperator(operator.text, context))
    if (written === undefined || read === undefined) good = false
    else test = { targets: written, ...read }
  }
  const draft = createDraft(file, name.place(0), test)
  if (list !== undefined) good = readActions(list, draft, guarded) && good
  return good ? draft : undefined
}

export function readTargets(text: string) {
  const written = readTargetList(text)
  for (const target of written) {
    resolveTarget(target)
    memberTest(target.selector)
  }
  if (written.every(({ mark }) => mark === "!"))
    throw new Mistake("SECLANG_VARIABLE", "only exclusions, and nothing to look at")
  return written
}

function readOperator(text: string, context: OperatorContext) {
  const [head = "", negation = "", name = "rx"] = /^\s*(!?)\s*(?:@(\w+)(?:\s+|$))?/.exec(text) ?? []
  const definition = findOperator(name)
  if (definition === undefined) {
    const why = unsupportedOperators.get(name.toLowerCase())
    throw new Mistake(
      "SECLANG_OPERATOR",
      why === undefined ? `there is no operator "@${name}"` : `the operator @${name} is not supported: ${why}`,
      text.indexOf("@"),
    )
  }
  const argument = text.slice(head.length)
  return { operator: within(head.length, () => definition.compile(argument, context)), negated: negation === "!" }
}

/** Applies every action of a list; false when one of them has a mistake. */
export function readActions(list: Word, draft: RuleDraft, guarded: Guarded): boolean {
  let good = true
  const written = guarded(list, () => readActionList(list.text))
  for (const { name, value, offset, valueOffset } of written ?? []) {
    const done = guarded(list, () => {
      const definition = within(offset, () => actionOf(name))
      if (definition.argument === "required" && value === "")
        throw new Mistake("SECLANG_ACTION", `the action "${name}" needs a value`, offset)
      if (definition.argument === "none" && value !== "")
        throw new Mistake("SECLANG_ACTION", `the action "${name}" takes no value`, valueOffset)
      within(valueOffset, () => definition.apply(draft, value))
      return true
    })
    good &&= done === true
  }
  return good && written !== undefined
}

function actionOf(name: string) {
  const definition = findAction(name)
  if (definition !== undefined) return definition
  const why = unsupportedActions.get(name.toLowerCase())
  throw new Mistake(
    "SECLANG_ACTION",
    why === undefined ? `there is no action "${name}"` : `the action "${name}" is not supported: ${why}`,
  )
}

/** Actions that only the first rule of a chain may have, by their names. */
export function isFirstOnly(name: string): boolean {
  return findAction(name)?.firstOnly === true
}
