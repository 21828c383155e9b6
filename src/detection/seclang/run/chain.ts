import type { Latin1 } from "../../../core/index.ts"
import type { TransformationDefinition } from "../transformations/transformation.ts"
import type { Value } from "./value.ts"

/** A chain of transformations as its last step behind a shorter chain; null is the value as it is. */
export interface Chain {
  readonly number: number
  readonly before: Chain | null
  readonly step: TransformationDefinition
}

/** Numbers chains, so that rules which begin with the same transformations share their results. */
export function createChains(): { of(steps: readonly TransformationDefinition[]): Chain | null } {
  const known = new Map<string, Chain>()
  const of = (steps: readonly TransformationDefinition[]): Chain | null => {
    const step = steps.at(-1)
    if (step === undefined) return null
    const key = steps.map(({ name }) => name).join(" ")
    const found = known.get(key)
    if (found !== undefined) return found
    const before = of(steps.slice(0, -1))
    const chain: Chain = { number: known.size, before, step }
    known.set(key, chain)
    return chain
  }
  return { of }
}

/** What a chain makes of a value; each step runs once on it, however many rules ask. */
export function formOf(value: Value, chain: Chain | null): Latin1 {
  if (chain === null) return value.text
  const known = value.forms[chain.number]
  if (known !== undefined) return known
  const form = stepOf(chain.step, formOf(value, chain.before))
  value.forms[chain.number] = form
  return form
}

/** Every form on the way, without repetitions, for `multiMatch`. */
export function formsOf(value: Value, chain: Chain | null): readonly Latin1[] {
  const forms: Latin1[] = [value.text]
  const visit = (link: Chain | null): void => {
    if (link === null) return
    visit(link.before)
    const form = formOf(value, link)
    if (form !== forms.at(-1)) forms.push(form)
  }
  visit(chain)
  return forms
}

/** Runs one chain on a text that belongs to no value. */
export function transform(text: Latin1, chain: Chain | null): Latin1 {
  return chain === null ? text : stepOf(chain.step, transform(text, chain.before))
}

function stepOf({ touches, apply }: TransformationDefinition, text: Latin1): Latin1 {
  return touches !== null && !touches.test(text) ? text : apply(text)
}
