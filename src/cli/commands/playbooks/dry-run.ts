import { type DryRunBody, dryRun, dryRuns } from "../../../api/contract/index.ts"
import { ThwartError } from "../../../core/index.ts"
import { type AddCommand, type Context, examples } from "../../command.ts"
import { printable, spoken } from "../../text.ts"
import { stepLine } from "./run-lines.ts"

interface Flags {
  readonly alert?: string
  readonly incident?: string
  readonly sample?: boolean
}

export const addDryRun: AddCommand = (group, run) => {
  group
    .command("dry-run")
    .description("show what a playbook would do, with each call that would be made; nothing is changed")
    .argument("<playbook>", "a file of playbooks, or the id of one that runs on the server")
    .option("--alert <id>", "on this alert")
    .option("--incident <id>", "on this incident")
    .option("--sample", "on an alert or incident that is made up")
    .addHelpText(
      "after",
      examples(
        "thwart playbooks dry-run mine.yaml --sample",
        "thwart playbooks dry-run shop/web-shell --alert alr_01k… --json",
      ),
    )
    .action(
      run(async (context, what: string, flags: Flags) => {
        const tried = await tryOn(context, what, evidenceOf(flags))
        if (context.json) for (const one of tried) context.printJson(one)
        else for (const one of tried) print(context, one)
      }),
    )
}

function evidenceOf({ alert, incident, sample }: Flags) {
  const given = [alert, incident, sample].filter((one) => one !== undefined)
  if (given.length !== 1)
    throw new ThwartError("THWART_USAGE", "say what to try it on: one of --alert ID, --incident ID and --sample")
  if (alert !== undefined) return { kind: "alert", id: alert }
  return incident === undefined ? { kind: "sample" } : { kind: "incident", id: incident }
}

async function tryOn(context: Context, what: string, evidence: object): Promise<readonly DryRunBody[]> {
  const { playbooks } = context.deps
  const client = await context.server()
  if (playbooks.isFile(what)) {
    const body = { text: playbooks.read(what), file: what, evidence }
    return (await client.send("POST", "/playbooks/dry-run", body, dryRuns)).items
  }
  return [await client.send("POST", `/playbooks/${encodeURIComponent(what)}/dry-run`, { evidence }, dryRun)]
}

function print(
  { print: say, paint }: Context,
  { playbook, sentence, mode, evidence, whyNot, steps }: DryRunBody,
): void {
  say(`${paint.bold(playbook)} (${mode}), tried on ${evidence}\n  ${spoken(sentence)}\n`)
  for (const why of whyNot) say(`  ${paint.yellow("would not run:")} ${printable(why)}\n`)
  for (const step of steps) {
    say(stepLine(step, paint, would).replace(/\n$/, step.target === null ? "\n" : `: ${printable(step.target)}\n`))
    for (const { enforcer, calls, note } of step.calls) {
      say(`    ${enforcer}${note === null ? "" : paint.dim(` (${printable(note)})`)}\n`)
      for (const { call, body } of calls) say(`      ${printable(call)}${shownBody(call, body)}\n`)
    }
  }
}

const would = { done: "would do", prolonged: "would prolong", refused: "would refuse", held: "would hold" } as const
const longest = 300

/** What is sent by an API; a command says it all itself. */
function shownBody(call: string, body: unknown): string {
  if (body === null || body === undefined || call.startsWith("nft ")) return ""
  const text = JSON.stringify(body)
  return ` ${printable(text.length > longest ? `${text.slice(0, longest)}…` : text)}`
}
