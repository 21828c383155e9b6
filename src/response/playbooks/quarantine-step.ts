import { type NodeRef, nodeInWords } from "../../core/index.ts"
import { newQuarantine } from "../countermeasure.ts"
import { quarantineRefusalAtEnforcement, quarantineRefusalOf } from "../guardrails/index.ts"
import { prolonged } from "../prolong.ts"
import { enforcersNamed } from "./directory.ts"
import { done, type Outcome, type StepContext, type StepOf, skipped } from "./step.ts"

// An incident has some nodes; more quarantines in a minute than the guardrail lets pass are held anyway.
const maxNodes = 100

/** Quarantines the node of the alert, or each node of the incident that some enforcer can do this to. */
export function quarantineStep(step: StepOf<"quarantine">, context: StepContext): Outcome {
  const outcomes = context.occasion.nodes.slice(0, maxNodes).map((node) => onNode(step, node, context))
  const [first = skipped("there is no node")] = outcomes
  // What was done on one of them is the news.
  const most = order.flatMap((wanted) => outcomes.find(({ outcome }) => outcome === wanted) ?? [])[0] ?? first
  return { ...most, countermeasures: outcomes.flatMap(({ countermeasures }) => countermeasures) }
}

const order = ["done", "prolonged", "refused", "held", "skipped"] as const

function onNode(step: StepOf<"quarantine">, node: NodeRef, context: StepContext): Outcome {
  const { deps, occasion, around, batch, how, reason } = context
  const { action, forMs } = step
  const enforcers = idsOf(step, node, context)
  if (enforcers.length === 0)
    return skipped(`no enforcer that runs here can ${action} a ${node.kind} (${nodeInWords(node)})`)
  const known = batch.quarantineOf(node.id, action)
  if (known !== undefined) {
    const cause = { severity: occasion.severity, incident: occasion.incident }
    const longer = prolonged(known, cause, { durationMs: forMs, now: deps.clock.now() })
    const refusal = quarantineRefusalAtEnforcement({ node }, around)
    if (refusal !== undefined) return { outcome: refusal.kind, reason: refusal.reason, countermeasures: [] }
    if (longer !== undefined && how === "do") batch.decide(longer, false)
    return {
      outcome: "prolonged",
      reason: `${nodeInWords(node)} is in quarantine already`,
      countermeasures: [known.id],
    }
  }
  const recentQuarantines = around.recentQuarantines + batch.made.quarantines
  const refusal = quarantineRefusalOf({ node }, { ...around, recentQuarantines })
  if (refusal !== undefined) return { outcome: refusal.kind, reason: refusal.reason, countermeasures: [] }
  if (how === "weigh") return done()
  const countermeasure = newQuarantine(deps, { node, action, enforcers, severity: occasion.severity, reason }, forMs)
  batch.decide(countermeasure, true)
  return done(countermeasure)
}

function idsOf({ enforcers, action }: StepOf<"quarantine">, node: NodeRef, { directory, deps }: StepContext) {
  const able = (deps.quarantiners ?? [])
    .filter(({ nodeKinds, actions }) => nodeKinds.includes(node.kind) && actions.includes(action))
    .map(({ id }) => id)
  if (enforcers.length === 0) return able
  const named = enforcers.flatMap((name) => {
    const found = enforcersNamed(name, "quarantine", directory)
    return found.kind === "found" ? found.ids : []
  })
  return able.filter((id) => named.includes(id))
}
