import type { PlaybookRun, StepResult } from "../../../core/index.ts"
import { type Paint, printable, spoken } from "../../text.ts"

const asIs: Readonly<Partial<Record<StepResult["outcome"], string>>> = {}

/** A run, and under it what came of each step. */
export function runLines({ id, at, playbook, state, subject, count, steps }: PlaybookRun, paint: Paint): string {
  const alerts = count === 0 ? "" : `, ${count} alert${count === 1 ? "" : "s"}`
  const head = `${new Date(at).toISOString()}  ${paint.bold(playbook)} ${state}: ${printable(subject)}${alerts}  ${paint.dim(id)}\n`
  return head + steps.map((step) => stepLine(step, paint)).join("")
}

export function stepLine({ outcome, sentence, reason }: StepResult, paint: Paint, words = asIs): string {
  const colour =
    outcome === "done" || outcome === "prolonged" ? paint.green : outcome === "refused" ? paint.red : paint.yellow
  const why = reason === null ? "" : ` (${printable(reason)})`
  return `  ${colour((words[outcome] ?? outcome).padEnd(13))} ${spoken(sentence)}${why}\n`
}
