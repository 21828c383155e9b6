import type { RuleDraft } from "./draft.ts"
import { constantText } from "./macro.ts"
import type { Operator } from "./operators/operator.ts"
import { createPrefilter, type Needed } from "./prefilter/prefilter.ts"
import { bytesOf } from "./regex/byte-set.ts"
import { minLengthOf } from "./regex/min-length.ts"
import { needsOf } from "./regex/needs.ts"
import type { Rule, RuleTest, Sieve, Target } from "./rule.ts"
import { createChains } from "./run/chain.ts"
import type { TargetCompiler } from "./targets.ts"

export interface RuleBuilder {
  /** Makes a rule with its chain of the drafts that directives left. */
  build(drafts: readonly RuleDraft[], first: RuleDraft, id: number): Rule
  /** Once all are built: makes ready what nearly every request needs. */
  prepare(): void
}

export function createRuleBuilder(targets: TargetCompiler, shortCuts: boolean): RuleBuilder {
  const chains = createChains(shortCuts)
  const request = { common: createPrefilter(0), strict: createPrefilter(1) }
  const response = { common: createPrefilter(2), strict: createPrefilter(3) }

  const sieveOf = ({ operator, negated }: Written, chosen: readonly Target[], first: RuleDraft): Sieve | null => {
    const { needs } = operator
    if (!shortCuts || needs === undefined || negated || chosen.every(({ changing }) => changing)) return null
    const prefilter = (first.phase <= 2 ? request : response)[isStrict(first) ? "strict" : "common"]
    const filter = prefilter.add(neededBy(needs))
    return filter === undefined ? null : { prefilter, filter }
  }

  const testOf = ({ multiMatch, transformations }: RuleDraft, test: Written, first: RuleDraft): RuleTest => {
    const way = chains.of(transformations, multiMatch)
    const chosen = targets.compile(test.targets)
    const sieve = sieveOf(test, chosen, first)
    if (sieve !== null) way.minLength = Math.min(way.minLength, minLengthIn(test.operator.needs))
    return {
      targets: chosen,
      operator: test.operator,
      negated: test.negated,
      chain: way.chain,
      way,
      multiMatch,
      sieve,
    }
  }

  const build = (drafts: readonly RuleDraft[], first: RuleDraft, id: number): Rule => {
    const [draft = first, ...rest] = drafts
    const isFirst = draft === first
    const test = draft.test === null ? null : testOf(draft, draft.test, first)
    const next = rest.length === 0 ? null : build(rest, first, id)
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
      sets: [...draft.sets, ...(next?.sets ?? [])],
      atMatch: draft.atMatch,
      afterMatch: draft.afterMatch,
      skipAfter: first.skipAfter,
      skip: first.skip,
      next,
      isTold: !(first.silent ?? false) || draft.addsScore || (next?.addsScore ?? false) || decides(first),
      leavesTrace: !(first.silent ?? false) || leavesTrace(draft, next),
      sieve: test?.targets.every(({ changing, count }) => !changing && !count) ? test.sieve : null,
    }
  }
  return {
    build,
    prepare: () => {
      for (const { common } of [request, response]) common.prepare()
    },
  }
}

type Written = NonNullable<RuleDraft["test"]>

/** Rules that few switch on have a pass of their own, so that the pass for the others looks for less. */
const isStrict = ({ tags }: RuleDraft) => tags.some((tag) => /^paranoia-level\/[2-9]$/i.test(tag))

function neededBy(needs: NonNullable<Operator["needs"]>): Needed {
  if ("regex" in needs) return needsOf(needs.regex.parsed().root)
  if ("phrases" in needs) return { literals: needs.phrases, unless: bytesOf(), bytes: [] }
  return "literals" in needs ? needs : { literals: null, unless: bytesOf(), bytes: [needs.bytes] }
}

function minLengthIn(needs: Operator["needs"]): number {
  if (needs === undefined) return 0
  if ("regex" in needs) return minLengthOf(needs.regex.parsed().root)
  return "phrases" in needs ? Math.min(...needs.phrases.map(({ length }) => length)) : 1
}

const decides = ({ disruption }: RuleDraft) => disruption !== null && disruption !== "pass" && disruption !== "block"

/** Whether what a silent rule matched is asked for behind it: in its chain, by what it sets, or as points of a score. */
function leavesTrace({ atMatch, afterMatch, capture, addsScore }: RuleDraft, next: Rule | null): boolean {
  return addsScore || capture || next !== null || atMatch.length > 0 || afterMatch.length > 0
}
