import { joined, type Prefilter, type Scan } from "../prefilter/prefilter.ts"
import { type Chain, formOf } from "./chain.ts"
import { scanOf } from "./form.ts"
import { rawForm, type Value } from "./value.ts"

/** The values that a target chose, with what is known of all of them together. */
export interface Selection {
  readonly values: readonly Value[]
  /** By the prefilter's number and the chain's. */
  readonly scans: ((Scan | undefined)[] | undefined)[]
  readonly rawScans: (Scan | undefined)[]
}

export function createSelection(values: readonly Value[]): Selection {
  return { values, scans: [], rawScans: [] }
}

export const emptySelection: Selection = createSelection([])

/** What the prefilter finds in any of the values behind the chain, or more. */
export function scanOfSelection(selection: Selection, chain: Chain | null, prefilter: Prefilter): Scan {
  const raw = rawScanOf(selection, prefilter)
  if (chain === null || (!chain.always && (raw.groups & chain.altersLetters) === 0)) return raw
  const ofChains = (selection.scans[prefilter.number] ??= [])
  const known = ofChains[chain.number]
  if (known !== undefined) return known
  const scans = [raw]
  for (const value of selection.values)
    if (chain.always || (rawGroups(value) & chain.altersLetters) !== 0)
      scans.push(scanOf(formOf(value, chain), prefilter))
  const all = joined(scans)
  ofChains[chain.number] = all
  return all
}

function rawScanOf(selection: Selection, prefilter: Prefilter): Scan {
  const known = selection.rawScans[prefilter.number]
  if (known !== undefined) return known
  const all = joined(selection.values.map((value) => scanOf(rawForm(value), prefilter)))
  selection.rawScans[prefilter.number] = all
  return all
}

const rawGroups = (value: Value) => value.form?.groups ?? 0
