import type { Alert, Incident } from "../core/index.ts"
import { inShort } from "./duration.ts"
import { markedMatch, type Paint, printable } from "./text.ts"

// What a person reads of one stage; `--json` has all of it.
const maxAlerts = 3
const maxRules = 4

/** An incident as a timeline: its stages in order, and for each the alerts with the bytes that matched. */
export function timeline(incident: Incident, alerts: readonly Alert[], paint: Paint): string {
  const byId = new Map(alerts.map((alert) => [alert.id, alert]))
  const grave = incident.severity === "critical" || incident.severity === "high" ? paint.red : paint.yellow
  const lines = [
    `${grave(`● ${incident.severity.toUpperCase()}`)} ${paint.bold(printable(incident.title))} by ${paint.bold(incident.attacker)} on ${incident.nodes.map(({ name }) => printable(name)).join(", ")}  ${paint.dim(incident.id)}`,
    paint.dim(
      `  ${incident.stages.length} of ${incident.stagesTotal} stages in ${inShort(incident.updatedAt - incident.startedAt)}, status ${incident.status}`,
    ),
  ]
  for (const stage of incident.stages) {
    const last = stage === incident.stages.at(-1)
    lines.push(
      `  ${last ? "└─" : "├─"} ${time(stage.firstAt)}  ${paint.bold(stage.name)}${stage.technique === null ? "" : ` ${stage.technique}`}  ${paint.dim(`${stage.count} ${stage.count === 1 ? "alert" : "alerts"}`)}`,
    )
    for (const id of stage.alerts.slice(0, maxAlerts)) {
      const alert = byId.get(id)
      if (alert !== undefined) lines.push(...alertLines(alert, paint).map((line) => `  ${last ? " " : "│"}    ${line}`))
    }
    if (stage.count > maxAlerts)
      lines.push(`  ${last ? " " : "│"}    ${paint.dim(`… and ${stage.count - maxAlerts} more`)}`)
  }
  return `${lines.join("\n")}\n\n`
}

function alertLines(alert: Alert, paint: Paint): readonly string[] {
  const where =
    alert.origin === null
      ? ""
      : paint.dim(
          ` ${[
            alert.origin.file,
            alert.origin.frame === null ? null : `frame ${alert.origin.frame}`,
            alert.origin.line === null ? null : `line ${alert.origin.line}`,
          ]
            .filter((part) => part !== null)
            .map(printable)
            .join(", ")}`,
        )
  return [
    `${printable(alert.title)}  ${paint.dim(`score ${alert.score} of ${alert.threshold}`)}${where}`,
    paint.dim(`  ${printable(alert.evidence.summary).slice(0, 160)}`),
    ...alert.contributions.slice(0, maxRules).flatMap(({ rule, message, matches }) => {
      const first = matches[0]
      return [
        `  ${paint.yellow(rule)} ${printable(message)}${first === undefined ? "" : `: ${printable(first.variable)} = ${markedMatch(first, paint)}`}`,
      ]
    }),
  ]
}

function time(at: number): string {
  return new Date(at).toISOString().replace("T", " ").slice(0, 23)
}
