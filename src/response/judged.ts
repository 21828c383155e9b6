import type { Incident } from "../core/index.ts"
import type { Changes } from "../store/store.ts"
import type { Actor, ResponderDeps } from "./services.ts"

// The first of an incident that somebody called a false positive: a scanner's may have thousands, and a rate needs no more.
const maxAlerts = 500

/** The alerts of a false positive as marked by who called it that, so that it counts for their rules; marks of people stay. */
export async function verdictsOf(
  incident: Incident,
  { clock, store }: Pick<ResponderDeps, "clock" | "store">,
  { who }: Actor,
): Promise<NonNullable<Changes["verdicts"]>> {
  const ids = [...new Set(incident.stages.flatMap(({ alerts }) => alerts))].slice(0, maxAlerts)
  const marked = new Set((await store.verdicts(ids)).map(({ alert }) => alert))
  const alerts = await Promise.all(ids.filter((id) => !marked.has(id)).map((id) => store.alert(id)))
  return alerts.flatMap((alert) =>
    alert === undefined
      ? []
      : [
          {
            alert: alert.id,
            verdict: "false-positive" as const,
            at: clock.now(),
            by: who,
            rules: alert.contributions.map(({ rule }) => rule),
          },
        ],
  )
}
