import { type BlockCountermeasure, type IpAddress, prefix } from "../../core/index.ts"
import { newBlock } from "../countermeasure.ts"
import { refusalAtEnforcement, refusalOf } from "../guardrails/index.ts"
import type { Place } from "../place.ts"
import { prolonged } from "../prolong.ts"
import { enforcersNamed } from "./directory.ts"
import { done, type Outcome, type StepContext, type StepOf, skipped } from "./step.ts"

/** Blocks one end of the traffic, or makes a block last longer that the same enforcers hold already. */
export function blockStep(step: StepOf<"block">, context: StepContext): Outcome {
  const { deps, occasion, around, batch, how, reason } = context
  const address = endOf(step, occasion)
  if (address === undefined) return skipped(`there is no ${step.end} to block`)
  const target = prefix(address)
  const place: Place = { target, direction: step.direction, action: "block" }
  const enforcers = idsOf(step, context)
  const known = batch.blocksAt(place).find((one) => enforcers.every((enforcer) => one.enforcers.includes(enforcer)))
  if (known !== undefined) return prolong(step, known, context)
  const refusal = refusalOf(
    { target, by: "policy" },
    { ...around, recentBlocks: around.recentBlocks + batch.made.blocks },
  )
  if (refusal !== undefined) return { outcome: refusal.kind, reason: refusal.reason, countermeasures: [] }
  if (how === "weigh") return done()
  const wish = { ...place, enforcers, severity: occasion.severity, reason }
  const countermeasure = newBlock(deps, wish, step.forMs)
  batch.decide(countermeasure, true)
  return done(countermeasure)
}

function prolong(step: StepOf<"block">, known: BlockCountermeasure, context: StepContext): Outcome {
  const { deps, occasion, around, batch, how } = context
  const countermeasures = [known.id]
  const cause = { severity: occasion.severity, incident: occasion.incident }
  const longer = prolonged(known, cause, { durationMs: step.forMs, now: deps.clock.now() })
  if (longer === undefined || how === "weigh")
    return { outcome: "prolonged", reason: "it is blocked already", countermeasures }
  const refusal = refusalAtEnforcement({ target: known.target, by: "policy" }, around)
  if (refusal !== undefined) return { outcome: refusal.kind, reason: refusal.reason, countermeasures: [] }
  batch.decide(longer, false)
  return { outcome: "prolonged", reason: "it was blocked already, and lasts longer", countermeasures }
}

function endOf({ end }: StepOf<"block">, { alert, attacker }: StepContext["occasion"]): IpAddress | undefined {
  return (end === "attacker" ? attacker : alert?.[end].address) ?? undefined
}

/** A name that means no enforcer here goes on as it is: the countermeasure then says that none of this name runs. */
function idsOf({ enforcers }: StepOf<"block">, { directory, deps }: StepContext): readonly string[] {
  if (enforcers.length === 0) return deps.enforcers
  const ids = enforcers.flatMap((name) => {
    const found = enforcersNamed(name, "block", directory)
    return found.kind === "found" && found.ids.length > 0 ? found.ids : [name]
  })
  return [...new Set(ids)]
}
