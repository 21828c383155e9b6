import { InvalidArgumentError } from "commander"
import { countermeasurePage } from "../../api/contract/index.ts"
import {
  type Countermeasure,
  countermeasure,
  holdsBack,
  parseCidr,
  type Rate,
  rateInWords,
  rateText,
  subjectOf,
  ThwartError,
} from "../../core/index.ts"
import type { Client } from "../client.ts"
import { type AddCommand, examples } from "../command.ts"
import { inShort, parseDuration } from "../duration.ts"

interface BlockFlags {
  readonly for: number | null
  readonly reason: string
  readonly direction: "inbound" | "outbound"
  readonly limit?: Rate
}

// How long the command waits for the enforcers to say what is true.
const waitMs = 3000

export const block: AddCommand = (program, run) => {
  program
    .command("block")
    .description("block an address or a prefix, and tell whether it is in force")
    .argument("<target>", "address (203.0.113.7, 2001:db8::7) or prefix (203.0.113.0/24)")
    .option("--for <duration>", "how long: 30s, 10m, 2h, 7d or forever", parseDuration, 3_600_000)
    .option("--reason <text>", "why, for everybody who looks later", "blocked by hand")
    .option("--direction <direction>", "inbound (what comes from it) or outbound (what goes to it)", "inbound")
    .option("--limit <rate>", 'refuse only what is beyond, such as "100 packets/s" or "20 kbytes/s"', parseRate)
    .addHelpText(
      "after",
      examples(
        "thwart block 203.0.113.7",
        'thwart block 198.51.100.0/24 --for 2d --reason "password spraying, ticket 4711"',
        'thwart block 203.0.113.8 --limit "100 packets/s"',
      ),
    )
    .action(
      run(async (context, target: string, flags: BlockFlags) => {
        const client = await context.server()
        const asked = prefixOf(target)
        const made = await client.send(
          "POST",
          "/countermeasures",
          {
            ...(flags.limit === undefined ? {} : { action: "limit", rate: flags.limit }),
            ...{ target: asked, direction: flags.direction, durationMs: flags.for, reason: flags.reason },
          },
          countermeasure,
        )
        const now = await settled(client, made, context.deps.now)
        if (context.json) context.printJson(now)
        else
          context.print(
            `${subjectOf(now)} is ${doneBy(now)} ${now.expiresAt === null ? "until someone ends it" : `for ${inShort(now.expiresAt - context.deps.now())}`} (${now.id})\n${stateLines(now)}`,
          )
        context.exit(now.reports.some(({ state }) => state === "failed" || state === "not-enforced") ? 1 : 0)
      }),
    )
}

interface UnblockFlags {
  readonly falsePositive?: boolean
  readonly comment: string
}

export const unblock: AddCommand = (program, run) => {
  program
    .command("unblock")
    .description("end what blocks an address or a prefix, or a countermeasure of any kind")
    .argument("<target>", "address, prefix, or the id of a countermeasure (cm_…)")
    .option("--false-positive", "it was a mistake: the same evidence shall not bring it back")
    .option("--comment <text>", "why", "")
    .addHelpText(
      "after",
      examples("thwart unblock 203.0.113.7", 'thwart unblock 203.0.113.7 --false-positive --comment "our scanner"'),
    )
    .action(
      run(async (context, target: string, flags: UnblockFlags) => {
        const client = await context.server()
        const found = target.startsWith("cm_")
          ? [await client.get(`/countermeasures/${encodeURIComponent(target)}`, countermeasure)]
          : await activeOn(client, prefixOf(target))
        if (found.length === 0)
          throw new ThwartError("THWART_NOT_FOUND", `nothing blocks ${target}; "thwart list" shows what is in force`)
        const ended: Countermeasure[] = []
        for (const { id } of found)
          ended.push(
            await client.send(
              "POST",
              `/countermeasures/${id}/undo`,
              { falsePositive: flags.falsePositive === true, comment: flags.comment },
              countermeasure,
            ),
          )
        if (context.json) for (const one of ended) context.printJson(one)
        else
          context.print(
            ended
              .map((one) => `${subjectOf(one)} is no longer ${doneBy(one)} (${one.id}, ${one.endReason})\n`)
              .join(""),
          )
      }),
    )
}

function parseRate(text: string): Rate {
  const parsed = rateText.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? "no rate")
}

/** "blocked", "limited to 100 packets/s". */
function doneBy(of: Countermeasure): string {
  if (!holdsBack(of)) return "quarantined"
  if (of.action !== "limit") return `${of.action}${of.action === "challenge" ? "d" : "ed"}`
  return of.rate === undefined ? "limited" : `limited to ${rateInWords(of.rate)}`
}

function prefixOf(text: string): string {
  const parsed = parseCidr(text)
  if (parsed === undefined)
    throw new ThwartError(
      "THWART_ADDRESS_INVALID",
      `"${text}" is not an address or a prefix (such as 203.0.113.7 or 2001:db8::/48)`,
    )
  return parsed
}

async function activeOn(client: Client, target: string): Promise<readonly Countermeasure[]> {
  const found: Countermeasure[] = []
  for (let cursor = ""; ; ) {
    const page = await client.get(`/countermeasures?active=true&limit=1000${cursor}`, countermeasurePage)
    found.push(...page.items.filter((one) => holdsBack(one) && one.target === target))
    if (page.next === null) return found
    cursor = `&cursor=${encodeURIComponent(page.next)}`
  }
}

/** Asks again until no enforcer says "pending" any more. */
async function settled(client: Client, made: Countermeasure, now: () => number): Promise<Countermeasure> {
  let current = made
  for (const end = now() + waitMs; current.reports.some(({ state }) => state === "pending") && now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    current = await client.get(`/countermeasures/${made.id}`, countermeasure)
  }
  return current
}

function stateLines({ reports }: Countermeasure): string {
  if (reports.length === 0)
    return "  no enforcer runs: decided and shown, but not in force anywhere (thwart serve --enforcer …)\n"
  return reports
    .map(({ enforcer, state, reason }) => `  ${enforcer}: ${state}${reason === null ? "" : ` (${reason})`}\n`)
    .join("")
}
