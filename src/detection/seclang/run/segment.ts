import { Gathered, type Prefilter, type Scan } from "../prefilter/prefilter.ts"
import { isMarker, type Rule, type Step, type Target } from "../rule.ts"
import type { Way } from "./chain.ts"
import { scanOfSelection } from "./selection.ts"
import type { Transaction } from "./transaction.ts"

/**
 * Rules of a phase that run one behind the other, with nothing between them that skips or is skipped to. What the prefilter finds in
 * all that they look at is joined once: most of them are passed over by one look at it.
 */
export interface Segment {
  /** In its phase. */
  readonly number: number
  readonly prefilter: Prefilter
  readonly looks: readonly Look[]
}

interface Look {
  readonly select: Target["select"]
  readonly ways: readonly Way[]
}

/** The segment of each rule that can be passed over. */
export function segmentsOf(steps: readonly Step[]): ReadonlyMap<Rule, Segment> {
  const segments = new Map<Rule, Segment>()
  let count = 0
  let present: Rule[] = []
  const close = () => {
    const [first] = present
    const prefilter = first?.sieve?.prefilter
    if (prefilter === undefined) return
    const segment = { number: count++, prefilter, looks: looksOf(present) }
    for (const rule of present) segments.set(rule, segment)
    present = []
  }
  for (const step of steps) {
    if (!isMarker(step) && step.sieve !== null) {
      if (present[0]?.sieve?.prefilter !== step.sieve.prefilter) close()
      present.push(step)
    }
    if (isMarker(step) || step.skipAfter !== null || step.skip > 0) close()
  }
  close()
  return segments
}

/** Each choice of values once, with the chains that the rules have for it. */
function looksOf(rules: readonly Rule[]): readonly Look[] {
  const looks = new Map<Target["select"], Set<Way>>()
  for (const { test } of rules)
    for (const { select } of test?.targets ?? []) {
      const ways = looks.get(select) ?? new Set()
      if (test !== null) ways.add(test.way)
      looks.set(select, ways)
    }
  return [...looks].map(([select, ways]) => ({ select, ways: [...ways] }))
}

export function scanOfSegment({ number, prefilter, looks }: Segment, transaction: Transaction): Scan {
  const known = transaction.segments[number]
  if (known !== undefined) return known
  const all = new Gathered()
  for (const { select, ways } of looks) {
    const selection = select(transaction)
    if (selection.values.length === 0) continue
    for (const way of ways) all.add(scanOfSelection(selection, way, prefilter))
  }
  transaction.segments[number] = all
  return all
}
