import type { Diagnostic } from "../../core/index.ts"
import type { Item } from "./compile.ts"
import type { Amendment } from "./directives/directive.ts"
import type { RuleDraft } from "./draft.ts"
import { isMarker, type Step } from "./rule.ts"
import { createRuleBuilder } from "./rule-builder.ts"
import type { Refreshed } from "./run/transaction.ts"
import type { Settings } from "./settings.ts"
import type { Place } from "./syntax/directives.ts"
import type { MistakeCode } from "./syntax/mistake.ts"
import { createTargetCompiler } from "./targets.ts"
import type { UnicodeMap } from "./transformations/unicode-map.ts"
import { urlDecodeUni, urlDecodeUniWith } from "./transformations/url-decode.ts"

type Report = (diagnostic: Diagnostic) => void

export interface LinkOptions {
  readonly report: Report
  /** False: every operator runs on every value, for tests that nothing else comes of it. */
  readonly shortCuts: boolean
  readonly unicodeMap: Settings["unicodeMap"]
}

export interface Linked {
  readonly steps: readonly Step[]
  readonly refreshed: Refreshed
}

/** Makes rules of drafts: exceptions are applied, ids and references checked, names become numbers. */
export function link(
  items: readonly Item[],
  amendments: readonly Amendment[],
  { report, shortCuts, unicodeMap }: LinkOptions,
): Linked {
  const kept = amended(items, amendments, report)
  if (unicodeMap !== null) decodeWith(unicodeMap, kept)
  const targets = createTargetCompiler()
  const builder = createRuleBuilder(targets, shortCuts)
  const places = new Map<number, string>()
  const steps = kept.flatMap((item): readonly Step[] => {
    if ("marker" in item) return [item]
    const [first] = item.chain
    if (first === undefined) return []
    const { id, file, place } = first
    if (id === null) {
      report(diagnosticOf(first, "SECLANG_ID", "a rule needs an id"))
      return []
    }
    const taken = places.get(id)
    if (taken !== undefined) {
      report(diagnosticOf(first, "SECLANG_ID", `the id ${id} is that of the rule at ${taken} already`))
      return []
    }
    places.set(id, `${file}:${place.line}`)
    for (const draft of item.chain) warnOfNever(draft, report)
    return [builder.build(item.chain, first, id)]
  })
  checkMarkers(steps, report)
  builder.prepare()
  return { steps, refreshed: targets.refreshed() }
}

function amended(items: readonly Item[], amendments: readonly Amendment[], report: Report): readonly Item[] {
  let kept = items
  for (const { fits, change, word, file } of amendments) {
    let found = false
    kept = kept.filter((item) => {
      if ("marker" in item) return true
      const [first] = item.chain
      if (first === undefined || !fits(first)) return true
      found = true
      return change(first)
    })
    if (!found)
      report({
        ...diagnosticOf({ file, place: word.place(0) }, "SECLANG_REFERENCE", `no rule fits "${word.text}"`),
        severity: "warning",
      })
  }
  return kept
}

/** The map holds for all rules, wherever its directive stands. */
function decodeWith(map: UnicodeMap, items: readonly Item[]): void {
  const mapped = urlDecodeUniWith(map)
  for (const item of items)
    for (const draft of "marker" in item ? [] : item.chain)
      draft.transformations = draft.transformations.map((one) => (one === urlDecodeUni ? mapped : one))
}

/** Without its marker, a skip would silently pass over all that is left of the phase. */
function checkMarkers(steps: readonly Step[], report: Report): void {
  const last = new Map<string, number>()
  for (const [index, step] of steps.entries()) last.set(isMarker(step) ? step.marker : String(step.id), index)
  for (const [index, step] of steps.entries()) {
    if (isMarker(step) || step.skipAfter === null || (last.get(step.skipAfter) ?? -1) > index) continue
    const message = `there is no marker "${step.skipAfter}" behind this rule: all that is left of the phase is skipped`
    report({ ...diagnosticOf(step, "SECLANG_REFERENCE", message), severity: "warning" })
  }
}

function warnOfNever({ test, file, place }: RuleDraft, report: Report): void {
  const why = test?.operator.never
  if (why === undefined) return
  const message = `this rule never matches: ${why}`
  report({ ...diagnosticOf({ file, place }, "SECLANG_OPERATOR", message), severity: "warning" })
}

function diagnosticOf(
  { file, place }: { readonly file: string; readonly place: Place },
  code: MistakeCode,
  message: string,
): Diagnostic {
  return { code, severity: "error", message, file, ...place }
}
