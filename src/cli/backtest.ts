import { backtest, type NewBacktest } from "../api/contract/index.ts"
import {
  type BacktestAction,
  type BacktestIncident,
  type BacktestResult,
  backtestActionInWords,
  ThwartError,
} from "../core/index.ts"
import type { Client } from "./client.ts"
import type { Context } from "./command.ts"
import { inShort } from "./duration.ts"
import { progressBar } from "./progress.ts"
import { type Column, printable, table } from "./text.ts"

const pollMs = 250

/** Starts a backtest on the server, shows how far it is, and gives what came of it; stops it when the command is stopped. */
export async function runBacktest(
  { deps, json, signal }: Context,
  client: Client,
  body: NewBacktest,
): Promise<BacktestResult> {
  const bar = progressBar(deps.err)
  let run = await client.send("POST", "/backtests", body, backtest)
  const path = `/backtests/${encodeURIComponent(run.id)}`
  try {
    while (run.state === "running" && !signal.aborted) {
      const { alerts, share } = run.progress
      if (!json) bar.update({ file: `${alerts.toLocaleString("en")} alerts`, bytesRead: share, bytesTotal: 1 })
      await new Promise((resolve) => setTimeout(resolve, pollMs))
      run = await client.get(path, backtest)
    }
    if (run.state === "running") run = await client.send("DELETE", path, undefined, backtest)
  } finally {
    bar.clear()
  }
  if (run.result !== null) return run.result
  throw new ThwartError("THWART_API_REFUSED", `the backtest has no result: ${run.reason ?? run.state}`)
}

const time = (at: number) => new Date(at).toISOString().replace("T", " ").slice(0, 19)

const columns: readonly Column<BacktestAction>[] = [
  { name: "when", of: ({ from }) => time(from) },
  { name: "for", of: ({ from, until }) => (until === null ? "ever" : inShort(until - from)) },
  { name: "what", of: backtestActionInWords },
  { name: "whom", of: ({ subject }) => subject.replace(/\/(32|128)$/, "") },
  { name: "because of", of: becauseOf, flexible: true },
  { name: "then stopped", of: ({ stopped }) => (stopped === 0 ? "-" : stopped.toLocaleString("en")) },
  { name: "friend", of: ({ friend }) => friend ?? "-", flexible: true },
]

const incidentColumns: readonly Column<BacktestIncident>[] = [
  { name: "began", of: ({ startedAt }) => time(startedAt) },
  { name: "severity", of: ({ severity }) => severity },
  { name: "attacker", of: ({ attacker }) => attacker },
  { name: "stages", of: ({ stages }) => String(stages) },
  { name: "what", of: ({ title }) => title, flexible: true },
  { name: "stored as", of: ({ id, stored }) => (stored ? id : "-") },
]

// What a terminal is read for; --json has all that the server tells.
const maxShown = 50

/** A table of what there would have been, the friends, a sentence, and what can't be told. */
export function showBacktest({ print, paint, deps }: Context, result: BacktestResult): void {
  const { actions, incidents, friends, totals, notes, summary, policies } = result
  const width = deps.out.columns
  for (const { id, sentence } of policies)
    print(`${paint.bold(printable(id))}: ${sentence.split("→").map(printable).join("→")}\n`)
  print("\n")
  if (actions.length === 0 && incidents.length > 0) {
    print(table(incidents.slice(0, maxShown), incidentColumns, width))
    print("\n")
  }
  if (actions.length > 0) print(table(actions.slice(0, maxShown), columns, width))
  if (totals.actions > Math.min(actions.length, maxShown))
    print(paint.dim(`… and ${(totals.actions - Math.min(actions.length, maxShown)).toLocaleString("en")} more\n`))
  if (friends.length > 0) {
    print(`\n${paint.bold("Friends")}\n`)
    print(
      table(
        friends.slice(0, maxShown),
        [
          { name: "when first", of: ({ at }) => time(at) },
          { name: "whom", of: ({ subject }) => subject.replace(/\/(32|128)$/, "") },
          { name: "would have been", of: ({ outcome }) => outcome },
          { name: "why", of: ({ why }) => why, flexible: true },
        ],
        width,
      ),
    )
  }
  print(`\n${totals.hurt > 0 ? paint.red(printable(summary)) : printable(summary)}\n`)
  for (const note of notes) print(paint.dim(`  ${printable(note)}\n`))
}

function becauseOf({ incident, alertCount, alerts }: BacktestAction): string {
  const many = `${alertCount.toLocaleString("en")} ${alertCount === 1 ? "alert" : "alerts"}`
  return incident === null ? `${many} (${alerts[0] ?? ""})` : `${incident.title}, ${many} (${incident.id})`
}
