import type { z } from "zod"
import { explanation, incidentDetail, status, streamEvent } from "../../api/contract/index.ts"
import { incident as incidentSchema, incidentStatuses, subjectOf } from "../../core/index.ts"
import { type AddCommand, examples } from "../command.ts"
import { printable, table } from "../text.ts"
import { timeline } from "../timeline.ts"

export const explain: AddCommand = (program, run) => {
  program
    .command("explain")
    .description("tell why: from an address or an id back to every byte that led there")
    .argument("<subject>", "address, or the id of a countermeasure, incident or alert")
    .addHelpText("after", examples("thwart explain 203.0.113.66", "thwart explain cm_01k…"))
    .action(
      run(async (context, subject: string) => {
        const told = await (await context.server()).get(`/explain/${encodeURIComponent(subject)}`, explanation)
        if (context.json) context.printJson(told)
        else context.print(`${told.story.map(printable).join("\n")}\n`)
      }),
    )
}

export const incident: AddCommand = (program, run) => {
  program
    .command("incident")
    .description("show an incident as a timeline, or change its status")
    .argument("<id>", "the incident's id")
    .option("--status <status>", `set it: ${incidentStatuses.join(", ")}`)
    .addHelpText("after", examples("thwart incident inc_4f…", "thwart incident inc_4f… --status closed"))
    .action(
      run(async (context, id: string, flags: { readonly status?: string }) => {
        const client = await context.server()
        const path = `/incidents/${encodeURIComponent(id)}`
        if (flags.status !== undefined) await client.send("PATCH", path, { status: flags.status }, incidentSchema)
        const found = await client.get(path, incidentDetail)
        if (context.json) context.printJson(found)
        else context.print(timeline(found.incident, found.alerts, context.paint))
      }),
    )
}

export const statusCommand: AddCommand = (program, run) => {
  program
    .command("status")
    .description("show what the server's sensors and enforcers do")
    .addHelpText("after", examples("thwart status", "thwart status --json"))
    .action(
      run(async (context) => {
        const now = await (await context.server()).get("/status", status)
        if (context.json) return context.printJson(now)
        const { alerts, openIncidents, activeCountermeasures } = now.counts
        context.print(
          `Thwart ${now.version}, since ${new Date(now.startedAt).toISOString()}: ${alerts} alerts, ${openIncidents} open incidents, ${activeCountermeasures} countermeasures\n\n`,
        )
        const rows = [
          ...now.sensors.map(({ id, state, reason, observations, dropped }) => ({
            kind: "sensor",
            id,
            state,
            what: reason ?? `${observations} observations, ${dropped} dropped`,
          })),
          ...now.enforcers.map(({ id, state, reason, entries }) => ({
            kind: "enforcer",
            id,
            state,
            what: reason ?? `${entries} entries`,
          })),
        ]
        context.print(
          table(
            rows,
            [
              { name: "what", of: ({ kind }) => kind },
              { name: "id", of: ({ id }) => id },
              { name: "state", of: ({ state }) => state },
              { name: "", of: ({ what }) => what, flexible: true },
            ],
            context.deps.out.columns,
          ),
        )
      }),
    )
}

export const tail: AddCommand = (program, run) => {
  program
    .command("tail")
    .description("follow what happens until stopped")
    .addHelpText("after", examples("thwart tail", "thwart tail --json | jq .kind"))
    .action(
      run(async (context) => {
        for await (const data of (await context.server()).events(context.signal)) {
          const event = streamEvent.safeParse(JSON.parse(data))
          if (!event.success) continue
          if (context.json) context.printJson(event.data)
          else context.print(`${printable(oneLine(event.data))}\n`)
        }
      }),
    )
}

function oneLine(event: z.output<typeof streamEvent>): string {
  const time = (at: number) => new Date(at).toISOString().slice(11, 19)
  if (event.kind === "alert")
    return `${time(event.alert.at)} alert           ${event.alert.attacker} ${event.alert.intent}: ${event.alert.title}`
  if (event.kind === "incident")
    return `${time(event.incident.updatedAt)} incident        ${event.incident.attacker} ${event.incident.stages.map(({ name }) => name).join(" → ")} (${event.incident.status})`
  if (event.kind === "recommendation")
    return `${time(event.recommendation?.latestAt ?? Date.now())} recommendation  ${event.policy} ${event.recommendation === null ? "nothing pending" : `${event.recommendation.action}: ${event.recommendation.pending} pending (${event.id})`}`
  const { reports, endReason, createdAt } = event.countermeasure
  return `${time(createdAt)} countermeasure  ${subjectOf(event.countermeasure)} ${endReason ?? reports.map(({ enforcer, state }) => `${enforcer}: ${state}`).join(", ")}`
}

export const doctor: AddCommand = (program, run) => {
  program
    .command("doctor")
    .description("tell what this machine can do, and what to install for the rest")
    .addHelpText("after", examples("thwart doctor", "sudo thwart doctor"))
    .action(
      run(async (context) => {
        const checks = await context.deps.doctor()
        if (context.json) for (const check of checks) context.printJson(check)
        else {
          const colour = { ok: context.paint.green, limited: context.paint.yellow, missing: context.paint.red }
          for (const { name, state, found, matters, fix } of checks) {
            context.print(
              `${colour[state](state.padEnd(8))} ${context.paint.bold(name.padEnd(11))} ${printable(found)}\n${" ".repeat(21)}${context.paint.dim(matters)}\n${fix === null ? "" : `${" ".repeat(21)}→ ${fix}\n`}`,
            )
          }
        }
        context.exit(checks.some(({ name, state }) => name === "node" && state !== "ok") ? 1 : 0)
      }),
    )
}
