import type { CorrelationPreview } from "../../../api/contract/index.ts"
import type { Context } from "../../command.ts"
import { printable, table } from "../../text.ts"

type Found = Extract<CorrelationPreview, { kind: "ok" }>

const day = (at: number) => new Date(at).toISOString().replace("T", " ").slice(0, 19)

/** Each rule as a sentence with what it would have made, and then that. */
export function showPreview({ print, paint, deps: { out } }: Context, found: Found): void {
  const { alerts, firstAt, lastAt, whole, rules, incidents, clusters } = found
  for (const rule of rules) print(`${paint.bold(printable(rule.id))}: ${printable(rule.sentence)}\n  ${madeOf(rule)}\n`)
  if (incidents.length > 0)
    print(
      `\n${table(
        incidents,
        [
          { name: "began", of: ({ startedAt }) => day(startedAt) },
          { name: "severity", of: ({ severity }) => severity },
          { name: "attacker", of: ({ attacker }) => attacker },
          { name: "rule", of: ({ rule }) => rule },
          { name: "stages", of: ({ stages, stagesTotal }) => stagesOf(stages, stagesTotal), flexible: true },
        ],
        out.columns,
      )}`,
    )
  if (clusters.length > 0)
    print(
      `\n${table(
        clusters,
        [
          { name: "time", of: ({ at }) => day(at) },
          { name: "severity", of: ({ severity }) => severity },
          { name: "attacker", of: ({ attacker }) => attacker },
          { name: "alerts", of: ({ cluster }) => String(cluster?.count ?? 0) },
          { name: "what", of: ({ title }) => title, flexible: true },
        ],
        out.columns,
      )}`,
    )
  const span = firstAt === null || lastAt === null ? "" : `, from ${day(firstAt)} to ${day(lastAt)}`
  const made = rules.reduce((sum, one) => sum + one.made, 0)
  const shown = incidents.length + clusters.length
  print(`\n${alerts} alerts${span}${made > shown ? `; ${shown} of ${made} are shown` : ""}\n`)
  if (!whole) print("There are later alerts, which were not looked at; take a shorter time.\n")
}

function madeOf({ kind, made, attackers, complete, severity }: Found["rules"][number]): string {
  const [one, many] = kind === "intent" ? ["incident", "incidents"] : ["alert", "alerts"]
  if (made === 0) return `would have made no ${one}`
  const all = kind === "intent" ? `, ${complete} with every stage` : ""
  const who = attackers === 0 ? "" : ` of ${attackers} ${attackers === 1 ? "attacker" : "attackers"}`
  return `would have made ${made} ${made === 1 ? one : many}${who}${all}, up to ${severity}`
}

const stagesOf = (stages: Found["incidents"][number]["stages"], total: number) =>
  `${stages.length}/${total} ${stages.map(({ name }) => name).join(" → ")}`
