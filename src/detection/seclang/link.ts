import type { Diagnostic } from "../../core/index.ts"
import type { Item } from "./compile.ts"
import type { Amendment } from "./directives/directive.ts"
import type { RuleDraft } from "./draft.ts"
import { constantText } from "./macro.ts"
import type { Operator } from "./operators/operator.ts"
import { createPrefilter, type Needed } from "./prefilter/prefilter.ts"
import { bytesOf } from "./regex/byte-set.ts"
import { needsOf } from "./regex/needs.ts"
import { isMarker, type Rule, type RuleTest, type Sieve, type Step, type Target } from "./rule.ts"
import { createChains } from "./run/chain.ts"
import type { Phase, Refreshed } from "./run/transaction.ts"
import type { Place } from "./syntax/directives.ts"
import type { MistakeCode } from "./syntax/mistake.ts"
import { createTargetCompiler } from "./targets.ts"

type Report = (diagnostic: Diagnostic) => void

export interface LinkOptions {
  readonly report: Report
  /** False: every operator runs on every value, for tests that nothing else comes of it. */
  readonly shortCuts: boolean
}

export interface Linked {
  readonly steps: readonly Step[]
  readonly refreshed: Refreshed
}

/** Makes rules of drafts: exceptions are applied, ids and references checked, names become numbers. */
export function link(items: readonly Item[], amendments: readonly Amendment[], { report, shortCuts }: LinkOptions): Linked {
  const kept = amended(items, amendments, report)
  const chains = createChains(shortCuts)
  const targets = createTargetCompiler()
  const sweeps = new Map<string, number>()
  const prefilters = { request: createPrefilter(0), response: createPrefilter(1) }
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
    return [chainOf(item.chain, first, id)]
  })
  checkMarkers(steps, report)
  return { steps, refreshed: targets.refreshed() }

  function chainOf(drafts: readonly RuleDraft[], first: RuleDraft, id: number): Rule {
    const build = (index: number): Rule | null => {
      const draft = drafts[index]
      return draft === undefined ? null : ruleOf(draft, first, id, index, build(index + 1))
    }
    return build(0) ?? ruleOf(first, first, id, 0, null)
  }

  function testOf(draft: RuleDraft, test: NonNullable<RuleDraft["test"]>, phase: Phase): RuleTest {
    const { multiMatch, transformations } = draft
    const chain = chains.of(transformations)
    const chosen = targets.compile(test.targets)
    const ways = multiMatch
      ? [null, ...transformations.map((_, index) => chains.of(transformations.slice(0, index + 1)))]
      : [chain]
    return {
      targets: chosen,
      operator: test.operator,
      negated: test.negated,
      chain,
      ways,
      multiMatch,
      sieve: shortCuts ? sieveOf(draft, test, { phase, chosen }) : null,
    }
  }

  function sieveOf(draft: RuleDraft, test: NonNullable<RuleDraft["test"]>, { phase, chosen }: { readonly phase: Phase; readonly chosen: readonly Target[] }): Sieve | null {
    const { needs } = test.operator
    if (needs === undefined || test.negated || chosen.every(({ changing }) => changing)) return null
    const prefilter = phase <= 2 ? prefilters.request : prefilters.response
    const filter = prefilter.add(neededBy(needs))
    if (filter === undefined) return null
    const steps = draft.transformations.map(({ name }) => name).join(",")
    const key = [prefilter.number, draft.multiMatch, steps, ...test.targets.map(({ text }) => text)].join("|")
    const sweep = sweeps.get(key) ?? sweeps.size
    sweeps.set(key, sweep)
    return { prefilter, filter, sweep }
  }

  function ruleOf(draft: RuleDraft, first: RuleDraft, id: number, index: number, next: Rule | null): Rule {
    const isFirst = index === 0
    const test = draft.test === null ? null : testOf(draft, draft.test, first.phase)
    return {
      id,
      phase: first.phase,
      file: draft.file,
      place: draft.place,
      message: isFirst ? first.message : "",
      messageText: isFirst ? first.messageText : constantText(""),
      logText: draft.logText,
      severity: first.severity,
      tags: first.tags,
      version: first.version,
      revision: first.revision,
      accuracy: first.accuracy,
      maturity: first.maturity,
      test,
      capture: draft.capture,
      silent: first.silent ?? false,
      disruption: first.disruption === null || first.disruption === "block" ? "pass" : first.disruption,
      addsScore: draft.addsScore || (next?.addsScore ?? false),
      atMatch: draft.atMatch,
      afterMatch: draft.afterMatch,
      skipAfter: first.skipAfter,
      skip: first.skip,
      next,
      leavesTrace: !(first.silent ?? false) || leavesTrace(draft, next),
      sieve: test !== null && test.targets.every(({ changing, count }) => !changing && !count) ? test.sieve : null,
    }
  }
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

function diagnosticOf(
  { file, place }: { readonly file: string; readonly place: Place },
  code: MistakeCode,
  message: string,
): Diagnostic {
  return { code, severity: "error", message, file, ...place }
}

function neededBy(needs: NonNullable<Operator["needs"]>): Needed {
  if ("regex" in needs) return needsOf(needs.regex.parsed.root)
  if ("phrases" in needs) return { literals: needs.phrases, unless: bytesOf(), bytes: [] }
  return { literals: null, unless: bytesOf(), bytes: [needs.bytes] }
}

/** Whether what a silent rule matched is asked for behind it: in its chain, by what it sets, or as points of a score. */
function leavesTrace({ atMatch, afterMatch, capture, addsScore }: RuleDraft, next: Rule | null): boolean {
  return addsScore || capture || next !== null || atMatch.length > 0 || afterMatch.length > 0
}
