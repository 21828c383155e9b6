import {
  type AlertId,
  type Countermeasure,
  holdsBack,
  type IncidentId,
  type Millis,
  type Playbook,
  type PlaybookId,
  type StepResult,
  ThwartError,
} from "../../core/index.ts"
import type { Store } from "../../store/store.ts"
import type { Parts } from "../parts.ts"
import type { Occasion } from "./occasion.ts"
import { occasionsOf, ofAlert, ofIncident, ofPolicy } from "./occasions.ts"
import type { Player } from "./player.ts"
import { type ReadyPlaybook, readyPlaybook } from "./ready.ts"
import { sampleAlert, sampleIncident } from "./sample.ts"
import { playbookSentence } from "./sentence.ts"

/** What a playbook is tried on; the sample is made up. */
export type Evidence =
  | { readonly kind: "alert"; readonly id: AlertId }
  | { readonly kind: "incident"; readonly id: IncidentId }
  | { readonly kind: "sample" }

/** A call that an enforcer would make. */
export interface PreviewedCalls {
  readonly enforcer: string
  readonly calls: readonly { readonly call: string; readonly body: unknown }[]
  /** Why there is none, or what else has to be known. */
  readonly note: string | null
}

export interface DryRun {
  readonly playbook: PlaybookId
  readonly sentence: string
  readonly mode: Playbook["mode"]
  readonly evidence: string
  /** Why it would not run at all; empty when it would. */
  readonly whyNot: readonly string[]
  readonly steps: readonly (StepResult & {
    readonly target: string | null
    readonly calls: readonly PreviewedCalls[]
  })[]
}

export interface DryRunDeps {
  readonly deps: Pick<Parts["deps"], "store" | "clock">
  readonly player: () => Pick<Player, "rehearse">
  readonly preview: (countermeasure: Countermeasure) => Promise<readonly PreviewedCalls[]>
}

/** Tries a playbook on an alert, an incident or a sample, as if it were automatic; nothing comes of it. */
export function createDryRun({ deps: { store, clock }, player, preview }: DryRunDeps) {
  return async (playbook: Playbook, evidence: Evidence): Promise<DryRun> => {
    const of = readyPlaybook(playbook)
    const { occasion, told } = await evidenceFor(playbook, evidence, { store, now: clock.now() })
    const rehearsal = await player().rehearse(of, occasion)
    const made = new Map(rehearsal.countermeasures.map((one) => [one.id, one]))
    const steps = await Promise.all(
      rehearsal.steps.map(async (step) => {
        const countermeasures = step.countermeasures.flatMap((id) => made.get(id) ?? [])
        const calls = (await Promise.all(countermeasures.map(preview))).flat()
        // The ids are of this rehearsal alone.
        return { ...step, countermeasures: [], target: targetOf(countermeasures), calls }
      }),
    )
    const whyNot = whyItWouldNot(of, occasion, clock.now())
    const { id, mode } = playbook
    return { playbook: id, sentence: playbookSentence(playbook), mode, evidence: told, whyNot, steps }
  }
}

async function evidenceFor(
  playbook: Playbook,
  evidence: Evidence,
  { store, now }: { readonly store: Store; readonly now: Millis },
): Promise<{ readonly occasion: Occasion; readonly told: string }> {
  const { on } = playbook
  const asPolicy = async (occasion: Occasion) => {
    if (on.kind !== "policy") return occasion
    const policy = (await store.policies()).find(({ id }) => id === on.policy)
    if (policy === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no policy ${on.policy}`)
    return ofPolicy(policy, occasion)
  }
  if (evidence.kind === "sample") {
    const sample =
      on.kind === "incident" ? ofIncident(sampleIncident(playbook, now)) : ofAlert(sampleAlert(playbook, now), null)
    return { occasion: await asPolicy(sample), told: `a made-up ${on.kind === "incident" ? "incident" : "alert"}` }
  }
  const found = evidence.kind === "alert" ? await store.alert(evidence.id) : await store.incident(evidence.id)
  if (found === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no ${evidence.kind} ${evidence.id}`)
  const occasion = "stages" in found ? ofIncident(found) : ofAlert(found, await incidentOf(found, store))
  return { occasion: await asPolicy(occasion), told: `the ${evidence.kind} ${evidence.id}` }
}

// Incidents of one attacker; a person's look at one alert.
const maxIncidents = 100

async function incidentOf({ id, attacker }: NonNullable<Occasion["alert"]>, store: Store) {
  const { items } = await store.incidents({ attacker, limit: maxIncidents })
  return items.find(({ stages }) => stages.some(({ alerts }) => alerts.includes(id))) ?? null
}

function whyItWouldNot({ playbook, when }: ReadyPlaybook, occasion: Occasion, now: Millis): readonly string[] {
  const { on } = playbook
  const seen = {
    alerts: occasion.alert === null ? [] : [occasion.alert],
    incidents: occasion.incident === null ? [] : [occasion.incident],
    triggers: [],
    now,
  }
  const watched = on.kind === "policy" || occasionsOf(playbook, seen).some(({ kind }) => kind === occasion.kind)
  const condition = when.whyNot(occasion)
  return [
    ...(playbook.enabled ? [] : ["it is turned off"]),
    ...(watched ? [] : [`it watches something else: ${playbookSentence(playbook).replace(/ →.*/s, "")}`]),
    ...(condition === undefined ? [] : [condition]),
  ]
}

function targetOf(countermeasures: readonly Countermeasure[]): string | null {
  const targets = countermeasures.map((one) => (holdsBack(one) ? one.target : `${one.node.kind} ${one.node.id}`))
  return targets.length === 0 ? null : targets.join(", ")
}
