import { type Clock, type Countermeasure, holdsBack, messageOf } from "../core/index.ts"
import { previewBlock, previewQuarantine } from "../enforcers/index.ts"
import type { PreviewedCalls } from "../response/playbooks/index.ts"
import type { Enforcers } from "./builtins.ts"

export interface PreviewDeps {
  readonly enforcers: Enforcers
  readonly clock: Clock
  /** What shall be in force now. */
  readonly desired: () => readonly Countermeasure[]
}

// Somebody waits for it at a terminal or in a browser.
const patienceMs = 20_000

/** Each call that each of its enforcers would make for a countermeasure; what can't be told is said, and fails nothing. */
export function createPreview({ enforcers, clock, desired }: PreviewDeps) {
  const callsOf = (of: Countermeasure, id: string, signal: AbortSignal) => {
    if (holdsBack(of)) {
      const enforcer = enforcers.blocking.find((one) => one.id === id)
      const wanted = desired().filter((one) => holdsBack(one) && one.enforcers.includes(id))
      return enforcer && previewBlock({ enforcer, clock, desired: wanted.flatMap(blockOf), more: blockOf(of) }, signal)
    }
    const enforcer = enforcers.quarantining.find((one) => one.id === id)
    const { id: countermeasure, action, node, createdAt: decidedAt, expiresAt } = of
    return (
      enforcer &&
      previewQuarantine({ enforcer, more: [{ countermeasure, action, node, decidedAt, expiresAt }] }, signal)
    )
  }
  return (of: Countermeasure): Promise<readonly PreviewedCalls[]> => {
    const signal = AbortSignal.timeout(patienceMs)
    return Promise.all(
      of.enforcers.map(async (enforcer): Promise<PreviewedCalls> => {
        try {
          const preview = await callsOf(of, enforcer, signal)
          return { enforcer, ...(preview ?? { calls: [], note: `no enforcer "${enforcer}" runs here` }) }
        } catch (error) {
          return { enforcer, calls: [], note: `the target can't be read: ${messageOf(error)}` }
        }
      }),
    )
  }
}

function blockOf(of: Countermeasure) {
  if (!holdsBack(of)) return []
  const { target, direction, action, rate, expiresAt } = of
  return [{ target, direction, action, ...(rate === undefined ? {} : { rate }), expiresAt }]
}
