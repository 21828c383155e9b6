import type { Alert } from "../core/index.ts"
import type { IntentRule } from "./intent-rule.ts"
import { type JoinKeys, keyOfField, noKey } from "./join-keys.ts"
import type { Placed, Sighting, StageDetail } from "./sighting.ts"
import type { StageMatch } from "./stage-match.ts"

/** Where an alert belongs under one rule: the track of a key, and what it is there. */
export interface Placement {
  readonly key: string
  readonly placed: Placed
}

const nowhere: readonly Placement[] = []
const noKeys: readonly string[] = [noKey]

/** Tells where an alert belongs. Of a linked rule it is told once, with the key that an attack begins with where it may begin one. */
export function compilePlacement(
  rule: IntentRule,
  stagesOf: StageMatch,
  keys: JoinKeys,
): (alert: Alert, sighting: Sighting) => readonly Placement[] {
  const isPlain = keys.uniform && !keys.linked && rule.stages.every(({ distinct }) => distinct === null)
  return (alert, sighting) => {
    const stages = stagesOf(alert)
    if (stages.length === 0) return nowhere
    if (isPlain) {
      const key = keys.keyOf(alert, 0)
      return key === undefined ? nowhere : [{ key, placed: { sighting, stages, details: undefined } }]
    }
    return keys.linked
      ? linked({ rule, keys, stages }, alert, sighting)
      : byKey({ rule, keys, stages }, alert, sighting)
  }
}

interface Matched {
  readonly rule: IntentRule
  readonly keys: JoinKeys
  readonly stages: readonly number[]
}

function linked({ rule, keys, stages }: Matched, alert: Alert, sighting: Sighting): readonly Placement[] {
  const found: number[] = []
  const details: StageDetail[] = []
  for (const stage of stages) {
    const value = countedOf(rule, stage, alert)
    const links = keys.linksOf(alert, stage)
    if (value === undefined || links.from.length === 0) continue
    found.push(stage)
    details.push({ ...links, value })
  }
  if (found.length === 0) return nowhere
  const key = found.includes(0) ? (keys.keyOf(alert, 0) ?? noKey) : noKey
  return [{ key, placed: { sighting, stages: found, details } }]
}

function byKey({ rule, keys, stages }: Matched, alert: Alert, sighting: Sighting): readonly Placement[] {
  const rows = new Map<string, { readonly stages: number[]; readonly details: StageDetail[] }>()
  for (const stage of stages) {
    const key = keys.keyOf(alert, stage)
    const value = countedOf(rule, stage, alert)
    if (key === undefined || value === undefined) continue
    const row = rows.get(key) ?? { stages: [], details: [] }
    rows.set(key, row)
    row.stages.push(stage)
    row.details.push({ from: noKeys, to: noKeys, value })
  }
  return [...rows].map(([key, row]) => ({ key, placed: { sighting, ...row } }))
}

/** What is counted of an alert: null where every alert counts, undefined where it has no such value. */
function countedOf({ stages }: IntentRule, stage: number, alert: Alert): string | null | undefined {
  const distinct = stages[stage]?.distinct ?? null
  return distinct === null ? null : keyOfField(alert, distinct)
}
