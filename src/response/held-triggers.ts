import { z } from "zod"
import { type AlertId, type AuditEntry, alertId, type IncidentId, incidentId } from "../core/index.ts"
import { type Trigger, triggerSubject } from "./policies.ts"

/** Triggers that nothing could be decided about yet: one for each policy and address or node, the newest. */
export interface HeldTriggers {
  hold(triggers: readonly Trigger[]): void
  all(): readonly Trigger[]
  /** What has to be stored, so that a process that starts anew can hold them again. */
  unrecorded(): readonly HeldEvidence[]
  /** All that is held is stored, some of it in these entries of the audit log. */
  recorded(audit: readonly AuditEntry[]): void
  /** The ids of the entries that tell of what is held. */
  entries(): readonly string[]
  /** Everything was decided. */
  release(): void
}

/** What a trigger is found again by: with one of its alerts, or its incident, its policy counts up to it again. */
const heldEvidence = z.object({ incident: incidentId.nullable(), alert: alertId.nullable() })
export type HeldEvidence = z.infer<typeof heldEvidence>

/** Of entries in the audit log: what was held, and that all of it was decided. */
export const blockHeld = "block held"
export const heldDecided = "held blocks decided"

// They wait while the allowlist can't be read, which is short or is seen. Beyond, the attack's next alert triggers again.
const maxHeld = 10_000

export function createHeldTriggers(): HeldTriggers {
  const held = new Map<string, Trigger>()
  const unrecorded = new Map<string, Trigger>()
  const entries: string[] = []
  return {
    hold: (triggers) => {
      for (const trigger of triggers) {
        const key = keyOf(trigger)
        if (!held.has(key)) {
          if (held.size >= maxHeld) continue
          unrecorded.set(key, trigger)
        }
        held.set(key, trigger)
      }
    },
    all: () => [...held.values()],
    unrecorded: () => [...unrecorded.values()].map(evidenceOf),
    recorded: (audit) => {
      unrecorded.clear()
      for (const { action, id } of audit) if (action === blockHeld) entries.push(id)
    },
    entries: () => entries,
    release: () => {
      held.clear()
      unrecorded.clear()
      entries.length = 0
    },
  }
}

/** What an earlier run held and did not decide. Their order says nothing, since the clock may have been set. */
export function heldIn(audit: readonly AuditEntry[]): {
  readonly entries: readonly AuditEntry[]
  readonly alerts: readonly AlertId[]
  readonly incidents: readonly IncidentId[]
} {
  const over = audit.filter(({ action }) => action === heldDecided)
  const decided = new Set(over.flatMap(({ after }) => decidedEntry.safeParse(after).data?.entries ?? []))
  const entries = audit.filter(({ action, id }) => action === blockHeld && !decided.has(id))
  const evidence = entries.flatMap(({ after }) => heldEntry.safeParse(after).data?.evidence ?? [])
  return {
    entries,
    alerts: [...new Set(evidence.flatMap(({ alert }) => alert ?? []))],
    incidents: [...new Set(evidence.flatMap(({ incident }) => incident ?? []))],
  }
}

const decidedEntry = z.object({ entries: z.array(z.string()) })
const heldEntry = z.object({ evidence: z.array(heldEvidence) })

function evidenceOf({ incident, sightings }: Trigger): HeldEvidence {
  if (incident !== null) return { incident: incident.id, alert: null }
  return { incident: null, alert: alertId.safeParse(sightings.at(-1)?.id).data ?? null }
}

function keyOf(trigger: Trigger): string {
  return `${trigger.policy.id}\n${triggerSubject(trigger)}`
}
