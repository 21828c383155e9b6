import type { Latin1 } from "../../../core/index.ts"
import { allGroups, type ByteGroups, groupsOf, upperCase } from "../prefilter/byte-groups.ts"
import { byteNeededBy } from "../regex/needs.ts"
import { parseRegex } from "../regex/parse.ts"
import type { TransformationDefinition } from "../transformations/transformation.ts"
import { createForm, type Form, groupsOfForm } from "./form.ts"
import { rawForm, type Value } from "./value.ts"

/** One transformation of a chain. */
export interface Step {
  /** Among the transformations that the rules use. */
  readonly number: number
  readonly definition: TransformationDefinition
  /** A text with no byte of these is left as it is. */
  readonly touchedBy: ByteGroups
  /** Texts of up to so many bytes may change when they have a byte of these. */
  readonly upTo: number
  readonly touchedShortBy: ByteGroups
  /** Any text may change, an empty one too. */
  readonly touchesAny: boolean
}

/** A chain of transformations that several rules may share. */
export interface Chain {
  readonly steps: readonly Step[]
  /** A text with no byte of these comes out with the same letters, though maybe in lower case. */
  readonly altersLetters: ByteGroups
  /** Texts of up to so many bytes may come out with others when they have a byte of these. */
  readonly upTo: number
  readonly altersShort: ByteGroups
  readonly altersAny: boolean
  /** No step of it makes a text longer. */
  readonly shortens: boolean
}

/** What of a chain is looked at: its result, or (with `multiMatch`) what comes of each step too. */
export interface Way {
  readonly number: number
  readonly chain: Chain | null
  readonly everyStep: boolean
  /** No operator behind it that has a sieve matches a shorter text. */
  minLength: number
}

/** Numbers chains and their steps, so that rules with the same share their results. */
export function createChains(shortCuts: boolean): {
  of(steps: readonly TransformationDefinition[], everyStep: boolean): Way
} {
  const known = new Map<string, Way>()
  const steps = new Map<TransformationDefinition, Step>()
  const stepOf = (definition: TransformationDefinition): Step => {
    const step = steps.get(definition) ?? createStep(definition, steps.size, shortCuts)
    steps.set(definition, step)
    return step
  }
  return {
    of: (definitions, everyStep) => {
      if (definitions.length === 0) return unchanged
      const key = `${everyStep} ${definitions.map(({ name }) => name).join(" ")}`
      const found = known.get(key)
      if (found !== undefined) return found
      const own = definitions.map(stepOf)
      const chain: Chain = {
        steps: own,
        altersLetters: own.reduce(
          (all, step) => all | (step.definition.lowersCase ? step.touchedBy & ~upperCase : step.touchedBy),
          0,
        ),
        upTo: Math.max(...own.map(({ upTo }) => upTo)),
        altersShort: own.reduce((all, { touchedShortBy }) => all | touchedShortBy, 0),
        altersAny: own.some(({ touchesAny }) => touchesAny),
        shortens: definitions.every((definition) => definition.lengthens !== true),
      }
      const way: Way = { number: known.size, chain, everyStep, minLength: Number.POSITIVE_INFINITY }
      known.set(key, way)
      return way
    },
  }
}

const unchanged: Way = { number: -1, chain: null, everyStep: false, minLength: 0 }

function createStep(definition: TransformationDefinition, number: number, shortCuts: boolean): Step {
  const { touches, touchedBy, touchedUpTo = -1, touchedShortBy } = definition
  const own = {
    number,
    definition,
    touchedShortBy: touchedShortBy === undefined ? 0 : groupsOf(touchedShortBy),
    touchesAny: false,
  }
  if (touches === null || !shortCuts) return { ...own, touchedBy: allGroups, upTo: -1, touchesAny: true }
  if (touchedBy !== undefined) return { ...own, touchedBy: groupsOf(touchedBy), upTo: touchedUpTo }
  // What the pattern needs is what the transformation needs.
  const needed = byteNeededBy(parseRegex(touches.source).root)
  return { ...own, touchedBy: needed === undefined ? allGroups : groupsOf(needed), upTo: -1 }
}

/** What a chain makes of a value; each step runs once on a text, however many rules ask. */
export function formOf(value: Value, chain: Chain | null): Form {
  const raw = rawForm(value)
  return chain === null ? raw : throughSteps(raw, chain.steps)
}

function throughSteps(raw: Form, steps: readonly Step[]): Form {
  let form = raw
  for (const step of steps) form = afterStep(form, step)
  return form
}

export function afterStep(form: Form, step: Step): Form {
  const groups = groupsOfForm(form)
  if (
    !step.touchesAny &&
    (groups & step.touchedBy) === 0 &&
    (form.text.length > step.upTo || (groups & step.touchedShortBy) === 0)
  )
    return form
  for (let known = form.after; known !== undefined; known = known.rest)
    if (known.step === step.number) return known.form
  const text = apply(step, form.text)
  const next = text === form.text ? form : createForm(text, form.missed === undefined ? undefined : new Set())
  form.after = { step: step.number, form: next, rest: form.after }
  return next
}

function apply({ definition: { touches, apply: change }, touchesAny }: Step, text: Latin1): Latin1 {
  const asks = touches !== null && !touchesAny
  return asks && !touches.test(text) ? text : change(text)
}

/** Runs one chain on a text that belongs to no value. */
export function transform(text: Latin1, chain: Chain | null): Latin1 {
  return chain === null ? text : throughSteps(createForm(text), chain.steps).text
}
