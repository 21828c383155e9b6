import type { ByteGroups } from "../prefilter/byte-groups.ts"
import { joined, type Prefilter, type Scan } from "../prefilter/prefilter.ts"
import { afterStep, type Chain, type Way } from "./chain.ts"
import { type Form, groupsOfForm, scanOf } from "./form.ts"
import { rawForm, type Value } from "./value.ts"

/** The values that a target chose, with what is known of all of them together. */
export interface Selection {
  readonly values: readonly Value[]
  /** What each prefilter found, by its number. */
  readonly found: (Found | undefined)[]
}

/** What one prefilter found in a selection. */
interface Found {
  readonly raw: Scan
  /** The length of the shortest value. */
  readonly shortest: number
  /** The values by the groups of their bytes: most share a few. */
  readonly byGroups: ReadonlyMap<ByteGroups, readonly Form[]>
  /** Behind chains, by the number of the way. */
  readonly ways: (Scan | undefined)[]
}

export function createSelection(values: readonly Value[]): Selection {
  return { values, found: [] }
}

export const emptySelection: Selection = createSelection([])

/** What the prefilter finds in any of the values behind the chain, or more. */
export function scanOfSelection(selection: Selection, way: Way, prefilter: Prefilter): Scan {
  const found = selection.found[prefilter.number] ?? findIn(selection.values, prefilter)
  selection.found[prefilter.number] = found
  const { chain, number } = way
  if (chain === null) return found.raw
  const short = found.shortest <= chain.upTo
  if (!short && (found.raw.groups & chain.altersLetters) === 0) return found.raw
  const known = found.ways[number]
  if (known !== undefined) return known
  const scans = [found.raw]
  for (const [groups, forms] of found.byGroups) {
    if (!short && (groups & chain.altersLetters) === 0) continue
    for (const form of forms) addScans(form, way, { chain, prefilter, scans })
  }
  const all = joined(scans)
  found.ways[number] = all
  return all
}

interface Scanning {
  readonly chain: Chain
  readonly prefilter: Prefilter
  readonly scans: Scan[]
}

function addScans(raw: Form, { everyStep, minLength }: Way, { chain, prefilter, scans }: Scanning): void {
  let form = raw
  for (const step of chain.steps) {
    // What is too short to match never gets longer.
    if (step.definition.atMost !== undefined && step.definition.atMost(form.text) < minLength && chain.shortens) return
    const next = afterStep(form, step)
    if (everyStep && next !== form) scans.push(scanOf(next, prefilter))
    form = next
  }
  if (!everyStep && form !== raw) scans.push(scanOf(form, prefilter))
}

function findIn(values: readonly Value[], prefilter: Prefilter): Found {
  const scans: Scan[] = []
  const byGroups = new Map<ByteGroups, Form[]>()
  let shortest = Number.POSITIVE_INFINITY
  for (const value of values) {
    shortest = Math.min(shortest, value.text.length)
    const form = rawForm(value)
    scans.push(scanOf(form, prefilter))
    const groups = groupsOfForm(form)
    const alike = byGroups.get(groups)
    if (alike === undefined) byGroups.set(groups, [form])
    else alike.push(form)
  }
  return { raw: joined(scans), shortest, byGroups, ways: [] }
}
