import { compareSeverity, type Playbook, type PlaybookRun, type Reason } from "../../core/index.ts"
import type { Occasion } from "./occasion.ts"
import { playbookSentence } from "./sentence.ts"

// Alerts that a run names.
const maxAlerts = 100

interface Beginning {
  readonly playbook: Playbook
  readonly occasion: Occasion
  readonly subject: string
  readonly now: number
}

/** A run that nothing was done of yet. */
export function begun(id: string, { playbook, occasion, subject, now }: Beginning): PlaybookRun {
  const { severity, attacker, nodes, incident, policy, alerts } = occasion
  return {
    ...{
      id,
      playbook: playbook.id,
      at: now,
      updatedAt: now,
      by: `playbook:${playbook.id}`,
      subject,
      severity,
      attacker,
      nodes,
    },
    // Replaced once its steps were looked at.
    state: "done",
    incident: incident?.id ?? null,
    policy: policy?.id ?? null,
    alerts: alerts.slice(-maxAlerts),
    count: alerts.length,
    steps: [],
  }
}

/** With further evidence. */
export function joined(run: PlaybookRun, { alerts, severity, incident }: Occasion): PlaybookRun {
  const more = alerts.filter((id) => !run.alerts.includes(id))
  return {
    ...run,
    severity: compareSeverity(severity, run.severity) > 0 ? severity : run.severity,
    incident: run.incident ?? incident?.id ?? null,
    alerts: [...run.alerts, ...more].slice(0, maxAlerts),
    count: run.count + more.length,
  }
}

/** Why its countermeasures are there. */
export function reasonOf(playbook: Playbook, { incident, alerts }: Occasion): Reason {
  const evidence = incident === null || alerts.length > 0 ? alerts : incident.stages.flatMap((stage) => stage.alerts)
  return {
    by: `playbook:${playbook.id}`,
    text: `${playbook.name}: ${playbookSentence(playbook)}`,
    policy: null,
    playbook: playbook.id,
    incident: incident?.id ?? null,
    alerts: evidence.slice(-maxAlerts),
  }
}
