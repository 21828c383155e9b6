import { Argument, InvalidArgumentError } from "commander"
import type { z } from "zod"
import {
  alertPage,
  allowlist,
  auditPage,
  countermeasurePage,
  incidentPage,
  type pageOf,
  policies,
} from "../../api/contract/index.ts"
import { actionInWords, type Countermeasure, subjectOf } from "../../core/index.ts"
import { allowlistColumns } from "../allowlist.ts"
import type { Client } from "../client.ts"
import { type AddCommand, type Context, examples } from "../command.ts"
import { inShort } from "../duration.ts"
import { type Column, table } from "../text.ts"

interface Flags {
  readonly all?: boolean
  readonly limit: number
}

const day = (at: number) => new Date(at).toISOString().replace("T", " ").slice(0, 19)

interface Listing<T> {
  readonly fetch: (client: Client, flags: Flags) => Promise<readonly T[]>
  readonly columns: (now: number) => readonly Column<T>[]
  readonly empty: string
}

const countermeasures: Listing<Countermeasure> = {
  fetch: (client, { all, limit }) =>
    pages(client, `/countermeasures?${all === true ? "" : "active=true&"}`, countermeasurePage, limit),
  columns: (now) => [
    { name: "action", of: actionInWords },
    { name: "target", of: (one) => subjectOf(one).replace(/\/(32|128)$/, "") },
    {
      name: "in force",
      of: ({ reports, endReason }) =>
        endReason === null
          ? reports
              .map(
                ({ enforcer, state, refused }) =>
                  `${enforcer}: ${state}${refused === undefined ? "" : `, ${refused.packets} packets refused`}`,
              )
              .join("; ") || "nowhere"
          : `ended: ${endReason}`,
    },
    {
      name: "ends in",
      of: ({ expiresAt, endedAt }) =>
        endedAt !== null ? "-" : expiresAt === null ? "never" : inShort(expiresAt - now),
    },
    { name: "by", of: ({ reason }) => reason.by },
    { name: "why", of: ({ reason }) => reason.text, flexible: true },
    { name: "id", of: ({ id }) => id },
  ],
  empty: "Nothing is blocked.",
}

const listings = {
  countermeasures,
  incidents: {
    fetch: (client: Client, { limit }: Flags) => pages(client, "/incidents?", incidentPage, limit),
    columns: () => [
      { name: "last", of: ({ updatedAt }) => day(updatedAt) },
      { name: "severity", of: ({ severity }) => severity },
      { name: "attacker", of: ({ attacker }) => attacker },
      {
        name: "stages",
        of: ({ stages, stagesTotal }) =>
          `${stages.length}/${stagesTotal} ${stages.map(({ name }) => name).join(" → ")}`,
        flexible: true,
      },
      { name: "status", of: ({ status }) => status },
      { name: "id", of: ({ id }) => id },
    ],
    empty: "No incident.",
  } satisfies Listing<z.output<typeof incidentPage>["items"][number]>,
  alerts: {
    fetch: (client: Client, { limit }: Flags) => pages(client, "/alerts?", alertPage, limit),
    columns: () => [
      { name: "time", of: ({ at }) => day(at) },
      { name: "severity", of: ({ severity }) => severity },
      { name: "attacker", of: ({ attacker }) => attacker },
      { name: "intent", of: ({ intent }) => intent },
      { name: "what", of: ({ title }) => title, flexible: true },
      { name: "id", of: ({ id }) => id },
    ],
    empty: "No alert.",
  } satisfies Listing<z.output<typeof alertPage>["items"][number]>,
  allowlist: {
    fetch: async (client: Client, { limit }: Flags) =>
      (await client.get("/allowlist", allowlist)).items.slice(0, limit),
    columns: (now: number) => [...allowlistColumns(now)],
    empty: "The allowlist is empty.",
  } satisfies Listing<z.output<typeof allowlist>["items"][number]>,
  policies: {
    fetch: async (client: Client, { limit }: Flags) => (await client.get("/policies", policies)).items.slice(0, limit),
    columns: () => [
      { name: "mode", of: ({ mode, enabled }) => (enabled ? mode : "off") },
      { name: "what", of: ({ sentence }) => sentence, flexible: true },
      { name: "id", of: ({ id }) => id },
    ],
    empty: "No policy.",
  } satisfies Listing<z.output<typeof policies>["items"][number]>,
  audit: {
    fetch: (client: Client, { limit }: Flags) => pages(client, "/audit?", auditPage, limit),
    columns: () => [
      { name: "time", of: ({ at }) => day(at) },
      { name: "who", of: ({ who }) => who },
      { name: "from", of: ({ from }) => from ?? "-" },
      { name: "did", of: ({ action }) => action },
      { name: "to", of: ({ subject }) => subject, flexible: true },
    ],
    empty: "Nothing was changed yet.",
  } satisfies Listing<z.output<typeof auditPage>["items"][number]>,
}

export const list: AddCommand = (program, run) => {
  program
    .command("list")
    .description("show what is in force, or incidents, alerts, the allowlist, policies or the audit log")
    .addArgument(new Argument("[what]", "what to list").choices(Object.keys(listings)).default("countermeasures"))
    .option("--all", "countermeasures: those that ended too")
    .option("--limit <number>", "at most so many, newest first", atLeastOne, 100)
    .addHelpText(
      "after",
      examples("thwart list", "thwart list incidents --limit 10", "thwart list countermeasures --all --json"),
    )
    .action(
      run(async (context, what: keyof typeof listings, flags: Flags) => {
        // The cast holds: each listing's columns are for what its own fetch gives.
        await show(context, listings[what] as Listing<unknown>, flags)
      }),
    )
}

async function show<T>(context: Context, listing: Listing<T>, flags: Flags): Promise<void> {
  const rows = await listing.fetch(await context.server(), flags)
  if (context.json) for (const row of rows) context.printJson(row)
  else
    context.print(
      rows.length === 0
        ? `${listing.empty}\n`
        : table(rows, listing.columns(context.deps.now()), context.deps.out.columns),
    )
}

async function pages<S extends z.ZodType>(
  client: Client,
  path: string,
  schema: ReturnType<typeof pageOf<S>>,
  limit: number,
): Promise<readonly z.output<S>[]> {
  const found: z.output<S>[] = []
  for (let cursor = ""; found.length < limit; ) {
    const page = await client.get(`${path}limit=${Math.min(1000, limit - found.length)}${cursor}`, schema)
    found.push(...page.items)
    if (page.next === null) break
    cursor = `&cursor=${encodeURIComponent(page.next)}`
  }
  return found
}

export function atLeastOne(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a number from 1 on`)
  return Number(text)
}
