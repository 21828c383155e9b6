import { basename } from "node:path"
import type { Behaviour } from "../content/behaviour/behaviour.ts"
import type { RuleSummary } from "../detector.ts"
import type { Program } from "../seclang/compile.ts"
import { isMarker, type Rule } from "../seclang/rule.ts"
import { severityOf } from "./score.ts"

/** The rules of a program, as lists show them. */
export const summariesOf = ({ steps }: Program): readonly RuleSummary[] =>
  steps.flatMap((step) => (isMarker(step) ? [] : [summaryOf(step)]))

export function summaryOf({ id, message, file, place, tags, severity, phase, isTold }: Rule): RuleSummary {
  return {
    id: String(id),
    message,
    file,
    line: place.line,
    tags,
    severity: severity === null ? null : severityOf(severity),
    phase,
    direction: phase <= 2 ? "inbound" : "outbound",
    paranoia: paranoiaOf(tags),
    group: basename(file).replace(/\.conf$/, ""),
    bookkeeping: !isTold,
  }
}

export function summaryOfBehaviour({ id, summary }: Behaviour): RuleSummary {
  return { id, ...summary, phase: null, paranoia: null, group: "built in", bookkeeping: false }
}

function paranoiaOf(tags: readonly string[]): number | null {
  for (const tag of tags) {
    const level = /^paranoia-level\/(\d)$/.exec(tag)?.[1]
    if (level !== undefined) return Number(level)
  }
  return null
}
