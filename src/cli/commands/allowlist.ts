import { z } from "zod"
import { allowed, allowlist as allowlistBody, type NewAllowlistEntry } from "../../api/contract/index.ts"
import { type AllowlistEntry, allowlistSubjectOf, messageOf, ThwartError } from "../../core/index.ts"
import { allowlistColumns, type Subject, subjectFrom } from "../allowlist.ts"
import type { Client } from "../client.ts"
import { type AddCommand, type Context, examples } from "../command.ts"
import { parseEnd } from "../duration.ts"
import { collect } from "../rule-options.ts"
import { printable, table } from "../text.ts"

interface Flags {
  readonly comment: string
  readonly owner?: string
  readonly until: number | null
  readonly node?: readonly string[]
}

type Command = ReturnType<Parameters<AddCommand>[0]["command"]>

const subjects = "address, prefix, range (192.0.2.10-192.0.2.20), AS number (AS64500) or host name"

const addFlags = (command: Command) =>
  command
    .option("--owner <name>", "who answers for it: a person or a team (default: who adds it)")
    .option("--until <end>", "2026-12-31, 30d, or forever", parseEnd(Date.now()), null)
    .option(
      "--node <node>",
      "protect from what follows from attacks on this node alone (id or name); may be given again (default: everywhere)",
      collect,
    )

/** Puts one on the allowlist, and tells what that ended. */
async function add(context: Context, client: Client, subject: Subject, flags: Flags): Promise<void> {
  const body: NewAllowlistEntry = {
    ...subject,
    ...{ comment: flags.comment, expiresAt: flags.until, nodes: [...(flags.node ?? [])] },
    ...(flags.owner === undefined ? {} : { owner: flags.owner }),
  }
  const entry = await client.send("POST", "/allowlist", body, allowed)
  if (context.json) return context.printJson(entry)
  const lines = entry.freed.map(({ id, subject: whom }) => `  no longer blocked: ${printable(whom)} (${id})\n`)
  context.print(`${allowlistSubjectOf(entry)} is on the allowlist (${entry.id})\n${lines.join("")}`)
}

/** Takes entries off the allowlist, by id or by what they name. */
async function remove(context: Context, wanted: string): Promise<void> {
  const client = await context.server()
  const { items } = await client.get("/allowlist", allowlistBody)
  const named = wanted.startsWith("alw_") ? undefined : allowlistSubjectOf(subjectFrom(wanted) as AllowlistEntry)
  const found = items.filter((entry) => entry.id === wanted || allowlistSubjectOf(entry) === named)
  if (found.length === 0)
    throw new ThwartError("THWART_NOT_FOUND", `"${wanted}" is not on the allowlist; "thwart allowlist list" shows it`)
  for (const { id } of found) await client.send("DELETE", `/allowlist/${id}`, undefined, z.null())
  if (context.json) for (const entry of found) context.printJson(entry)
  else context.print(found.map((entry) => `${allowlistSubjectOf(entry)} is off the allowlist\n`).join(""))
}

export const allow: AddCommand = (program, run) => {
  const command = program
    .command("allow")
    .description('the same as "allowlist add": never block it, and end what blocks it now')
    .argument("<what>", subjects)
    .requiredOption("--comment <text>", "why it is there")
  addFlags(command)
    .addHelpText(
      "after",
      examples(
        'thwart allow 192.0.2.0/24 --comment "office"',
        'thwart allow 198.51.100.9 --comment "pentest" --until 14d --node staging',
      ),
    )
    .action(
      run(async (context, what: string, flags: Flags) =>
        add(context, await context.server(), subjectFrom(what), flags),
      ),
    )
}

export const disallow: AddCommand = (program, run) => {
  program
    .command("disallow")
    .description('the same as "allowlist remove"')
    .argument("<entry>", "its id, or what it names")
    .addHelpText("after", examples("thwart disallow 198.51.100.9", "thwart disallow alw_01k…"))
    .action(run((context, wanted: string) => remove(context, wanted)))
}

// Each is sent by itself, and the server slows down who sends more at once.
const maxLines = 1500

export const allowlist: AddCommand = (program, run) => {
  const group = program.command("allowlist").description("what is never blocked: show it, add to it, take from it")
  group
    .command("list")
    .description("show who is never blocked, where, until when, and why")
    .addHelpText("after", examples("thwart allowlist list", "thwart allowlist list --json"))
    .action(
      run(async (context) => {
        const { items } = await (await context.server()).get("/allowlist", allowlistBody)
        if (context.json) for (const entry of items) context.printJson(entry)
        else if (items.length === 0) context.print("The allowlist is empty.\n")
        else context.print(table(items, allowlistColumns(context.deps.now()), context.deps.out.columns))
      }),
    )
  const adding = group
    .command("add")
    .description("never block it, and end what blocks it now")
    .argument("<what>", subjects)
    .requiredOption("--comment <text>", "why it is there")
  addFlags(adding)
    .addHelpText(
      "after",
      examples(
        'thwart allowlist add 192.0.2.0/24 --comment "office"',
        'thwart allowlist add vpn.example.com --comment "remote work" --owner it',
        'thwart allowlist add AS64500 --comment "our provider"',
      ),
    )
    .action(
      run(async (context, what: string, flags: Flags) =>
        add(context, await context.server(), subjectFrom(what), flags),
      ),
    )
  group
    .command("remove")
    .description("take an entry off the allowlist")
    .argument("<entry>", "its id, or what it names")
    .addHelpText("after", examples("thwart allowlist remove 198.51.100.9", "thwart allowlist remove alw_01k…"))
    .action(run((context, wanted: string) => remove(context, wanted)))
  const importing = group
    .command("import")
    .description("add what a file lists, one a line; what follows a # is its comment")
    .argument("[file]", "a text file; - or none: standard input")
    .option("--comment <text>", "why they are there, for lines that do not say it")
  addFlags(importing)
    .addHelpText(
      "after",
      examples('thwart allowlist import partners.txt --comment "partners" --owner sales --until 90d'),
    )
    .action(
      run(async (context, file: string | undefined, flags: Partial<Flags>) => {
        const text = Buffer.from(await context.deps.rules.readInput(file), "latin1").toString("utf8")
        const lines = readLines(text, flags.comment)
        const client = await context.server()
        for (const { subject, comment } of lines)
          await add(context, client, subject, { until: null, ...flags, comment })
      }),
    )
}

interface Line {
  readonly subject: Subject
  readonly comment: string
}

/** All lines, or every mistake of them: nothing is added of a file that has one. */
function readLines(text: string, comment: string | undefined): readonly Line[] {
  const mistakes: string[] = []
  const lines = text.split("\n").flatMap((line, index): readonly Line[] => {
    const [what = "", ...rest] = line.split("#").map((part) => part.trim())
    if (what === "") return []
    try {
      const subject = subjectFrom(what)
      const why = rest.join("#") || comment
      if (why === undefined) throw new Error('it has no comment; write one behind a "#", or give --comment')
      return [{ subject, comment: why }]
    } catch (error) {
      mistakes.push(`  line ${index + 1}: ${messageOf(error)}`)
      return []
    }
  })
  if (lines.length > maxLines) mistakes.push(`  ${lines.length} entries; at most ${maxLines} are added at once`)
  if (mistakes.length > 0) throw new ThwartError("THWART_USAGE", `nothing was added:\n${mistakes.join("\n")}`)
  return lines
}
