import type { ByteGroups } from "../prefilter/byte-groups.ts"
import { Gathered, type Prefilter, type Scan } from "../prefilter/prefilter.ts"
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
  /** The values by the groups of their bytes: most share a few. Made when first asked for, and not for a few values. */
  alike: readonly Alike[] | undefined
  /** Behind chains, by the number of the way. */
  readonly ways: (Scan | undefined)[]
}

interface Alike {
  readonly groups: ByteGroups
  readonly forms: Form[]
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
  if (!isAltered(found.raw.groups, found.shortest, chain)) return found.raw
  const known = found.ways[number]
  if (known !== undefined) return known
  const all = new Gathered()
  all.add(found.raw)
  const scanning: Scanning = { way, chain, prefilter, all }
  if (selection.values.length <= few) {
    for (const value of selection.values) scanBehind(rawForm(value), scanning)
  } else {
    found.alike ??= alikeIn(selection.values)
    for (const { groups, forms } of found.alike)
      if (isAltered(groups, found.shortest, chain)) for (const form of forms) scanBehind(form, scanning)
  }
  found.ways[number] = all
  return all
}

// So few values are looked at one by one.
const few = 12

interface Scanning {
  readonly way: Way
  readonly chain: Chain
  readonly prefilter: Prefilter
  /** What was found so far. */
  readonly all: Gathered
}

/** Whether the chain may make other letters of texts with these bytes, none of them shorter than that. */
function isAltered(
  groups: ByteGroups,
  shortest: number,
  { altersLetters, upTo, altersShort, altersAny }: Chain,
): boolean {
  return altersAny || (groups & altersLetters) !== 0 || (shortest <= upTo && (groups & altersShort) !== 0)
}

/** Adds what is in the text behind the chain. */
function scanBehind(raw: Form, scanning: Scanning): void {
  const { way, chain, prefilter } = scanning
  if (chain.shortens && raw.text.length < way.minLength) return
  if (!isAltered(groupsOfForm(raw), raw.text.length, chain)) return
  let form = raw
  for (const step of chain.steps) {
    // What is too short to match never gets longer.
    const { atMost } = step.definition
    if (atMost !== undefined && chain.shortens && atMost(form.text) < way.minLength) return
    const next = afterStep(form, step)
    if (way.everyStep && next !== form) scanning.all.add(scanOf(next, prefilter))
    form = next
  }
  if (!way.everyStep && form !== raw) scanning.all.add(scanOf(form, prefilter))
}

function findIn(values: readonly Value[], prefilter: Prefilter): Found {
  const raw = new Gathered()
  let shortest = Number.POSITIVE_INFINITY
  for (const value of values) {
    if (value.text.length < shortest) shortest = value.text.length
    raw.add(scanOf(rawForm(value), prefilter))
  }
  return { raw, shortest, alike: undefined, ways: [] }
}

function alikeIn(values: readonly Value[]): readonly Alike[] {
  const alike: Alike[] = []
  for (const value of values) addTo(alike, rawForm(value))
  return alike
}

/** There are a few dozen at most: the groups that values of one request have together. */
function addTo(alike: Alike[], form: Form): void {
  const groups = groupsOfForm(form)
  for (const one of alike) {
    if (one.groups !== groups) continue
    one.forms.push(form)
    return
  }
  // A client that sends values of every kind shall not make this slow: the rest goes by the widest.
  const last = alike.at(-1)
  if (alike.length >= maxAlike && last !== undefined) {
    alike[alike.length - 1] = { groups: last.groups | groups, forms: last.forms }
    last.forms.push(form)
    return
  }
  alike.push({ groups, forms: [form] })
}

const maxAlike = 32
