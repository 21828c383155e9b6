import { z } from "zod"
import { maxGivenAlerts, type NewBacktest, policies } from "../api/contract/index.ts"
import { type Alert, parseYaml, policyId, ruleId, ThwartError } from "../core/index.ts"
import type { Client } from "./client.ts"
import type { Context } from "./command.ts"
import { isPolicyFile, policiesFrom } from "./policy-input.ts"
import { printable } from "./text.ts"

export type Subject = Omit<NewBacktest, "since" | "until">

/** How a file says what it holds; what is wrong with it, its own reader tells. */
const rulesFile = z
  .looseObject({
    rules: z.array(z.looseObject({ stages: z.unknown().optional() })).default([]),
    clusters: z.array(z.unknown()).default([]),
  })
  .refine(({ rules, clusters }) => rules.length + clusters.length > 0)

/** What is looked back on: the id of a policy or a rule, or a file of policies, intent, clustering or event rules. */
export async function subjectFrom(
  context: Context,
  client: Client,
  { wanted, events }: { readonly wanted: string; readonly events: readonly string[] },
): Promise<Subject> {
  if (!isPolicyFile(wanted)) {
    if (events.length > 0) throw new ThwartError("THWART_USAGE", "--events goes with a file of event rules")
    const known = (await client.get("/policies", policies)).items.some(({ id }) => id === wanted)
    return known ? { policy: policyId.parse(wanted) } : { rule: ruleId.parse(wanted) }
  }
  const text = Buffer.from(await context.deps.rules.readInput(wanted), "latin1").toString("utf8")
  const rules = parseYaml(text, wanted, rulesFile)
  if (rules.kind === "bad") return { policies: [...policiesFrom(text, wanted)] }
  const isCorrelation = rules.value.clusters.length > 0 || rules.value.rules.some(({ stages }) => stages !== undefined)
  if (isCorrelation) return { intentRules: text }
  if (events.length === 0)
    throw new ThwartError(
      "THWART_USAGE",
      `${wanted} has event rules, and events are not stored: what these rules would have raised can only be told by events of then; give files of them with --events`,
    )
  return { given: await raisedBy(context, { rules: wanted, events }) }
}

/** What the rules of a file raise by events of files, without the bytes that matched: who looks back counts and joins. */
async function raisedBy(
  { deps, signal }: Context,
  { rules, events }: { readonly rules: string; readonly events: readonly string[] },
): Promise<NonNullable<Subject["given"]>> {
  const alerts: Alert[] = []
  let unread = 0
  const tell = (text: string) => deps.err.write(`thwart: ${printable(text)}\n`)
  const report = await deps.events.test(
    { rules: [rules], events, format: undefined, explain: undefined, all: true },
    {
      onAlert: ({ alert }) => {
        if (alerts.length < maxGivenAlerts) alerts.push(withoutBytes(alert))
      },
      onExplained: () => undefined,
      onUnread: () => {
        unread++
      },
      onProblem: ({ file, code, message }) => {
        throw new ThwartError("THWART_FILE_UNREADABLE", `${file}: ${message} [${code}]`)
      },
    },
    signal,
  )
  if (unread > 0) tell(`${unread} records could not be read, and were left out`)
  if (report.alerts > alerts.length)
    throw new ThwartError(
      "THWART_USAGE",
      `the rules raise ${report.alerts} alerts by these events, and ${maxGivenAlerts} are looked back on at once; give fewer events`,
    )
  return { rules: report.rules.map(({ rule }) => ruleId.parse(rule)), alerts }
}

function withoutBytes(alert: Alert): Alert {
  const { evidence, contributions } = alert
  return {
    ...alert,
    evidence: { ...evidence, request: null, response: null },
    contributions: contributions.map((one) => ({ ...one, matches: [] })),
  }
}
