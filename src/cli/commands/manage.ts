import { Option } from "commander"
import { z } from "zod"
import { allowlist, createdToken, createdUser, tokens, user, users } from "../../api/contract/index.ts"
import { allowlistEntry, parseCidr, roles, ThwartError } from "../../core/index.ts"
import { type AddCommand, type Context, examples } from "../command.ts"
import { parseEnd } from "../duration.ts"
import { table } from "../text.ts"

const nothing = z.null()
const roleOption = () => new Option("--role <role>", "what it may do").choices(roles).default("viewer")

export const allow: AddCommand = (program, run) => {
  program
    .command("allow")
    .description("put a prefix on the allowlist: it is never blocked, and what blocks it now ends")
    .argument("<prefix>", "address or prefix")
    .requiredOption("--comment <text>", "whose it is, and why")
    .option("--until <end>", "2026-12-31, 30d, or forever", parseEnd(Date.now()), null)
    .addHelpText(
      "after",
      examples(
        'thwart allow 192.0.2.0/24 --comment "office"',
        'thwart allow 198.51.100.9 --comment "pentest" --until 14d',
      ),
    )
    .action(
      run(async (context, prefix: string, flags: { readonly comment: string; readonly until: number | null }) => {
        const entry = await (await context.server()).send(
          "POST",
          "/allowlist",
          { prefix, comment: flags.comment, expiresAt: flags.until },
          allowlistEntry,
        )
        if (context.json) context.printJson(entry)
        else context.print(`${entry.prefix} is on the allowlist (${entry.id})\n`)
      }),
    )
}

export const disallow: AddCommand = (program, run) => {
  program
    .command("disallow")
    .description("take an entry off the allowlist")
    .argument("<entry>", "its id or its prefix")
    .addHelpText("after", examples("thwart disallow 198.51.100.9", "thwart disallow alw_01k…"))
    .action(
      run(async (context, wanted: string) => {
        const client = await context.server()
        const { items } = await client.get("/allowlist", allowlist)
        const found = items.filter(({ id, prefix }) => id === wanted || prefix === parseCidr(wanted))
        if (found.length === 0)
          throw new ThwartError(
            "THWART_NOT_FOUND",
            `"${wanted}" is not on the allowlist; "thwart list allowlist" shows it`,
          )
        for (const { id } of found) await client.send("DELETE", `/allowlist/${id}`, undefined, nothing)
        if (context.json) for (const entry of found) context.printJson(entry)
        else context.print(found.map(({ prefix }) => `${prefix} is off the allowlist\n`).join(""))
      }),
    )
}

export const token: AddCommand = (program, run) => {
  const group = program.command("token").description("make, list and revoke tokens for programs")
  group
    .command("create")
    .description("make a token; its secret is shown once")
    .argument("<name>", "what it is for")
    .addOption(roleOption())
    .option("--expires <end>", "2026-12-31, 90d, or forever", parseEnd(Date.now()), null)
    .addHelpText("after", examples("thwart token create grafana --role viewer --expires 90d"))
    .action(
      run(async (context, name: string, flags: { readonly role: string; readonly expires: number | null }) => {
        const made = await (await context.server()).send(
          "POST",
          "/tokens",
          { name, role: flags.role, expiresAt: flags.expires },
          createdToken,
        )
        if (context.json) context.printJson(made)
        else context.print(`${made.secret}\n`)
      }),
    )
  group
    .command("list")
    .description("list tokens")
    .addHelpText("after", examples("thwart token list"))
    .action(
      run(async (context) =>
        rows(
          context,
          (await (await context.server()).get("/tokens", tokens)).items,
          (one) => [one.id, one.name, one.role, one.createdBy],
          ["id", "name", "role", "made by"],
        ),
      ),
    )
  group
    .command("revoke")
    .description("end a token at once")
    .argument("<id>", "the token's id")
    .addHelpText("after", examples("thwart token revoke tok_01k…"))
    .action(
      run(async (context, id: string) => {
        await (await context.server()).send("DELETE", `/tokens/${encodeURIComponent(id)}`, undefined, nothing)
        if (!context.json) context.print(`${id} is revoked\n`)
      }),
    )
}

export const userCommand: AddCommand = (program, run) => {
  const group = program.command("user").description("add, list and disable the people who sign in")
  group
    .command("add")
    .description("add a user; the one-time password is shown once")
    .argument("<name>", "lower case letters, digits, . _ -")
    .addOption(roleOption())
    .addHelpText("after", examples("thwart user add alice --role analyst"))
    .action(
      run(async (context, name: string, flags: { readonly role: string }) => {
        const made = await (await context.server()).send("POST", "/users", { name, role: flags.role }, createdUser)
        if (context.json) context.printJson(made)
        else context.print(`${made.name} signs in with the one-time password ${made.oneTimePassword}\n`)
      }),
    )
  group
    .command("list")
    .description("list users")
    .addHelpText("after", examples("thwart user list"))
    .action(
      run(async (context) =>
        rows(
          context,
          (await (await context.server()).get("/users", users)).items,
          (one) => [one.name, one.role, one.disabled ? "disabled" : "enabled"],
          ["name", "role", "state"],
        ),
      ),
    )
  group
    .command("disable")
    .description("end a user's sessions and let them in no more")
    .argument("<name>", "the user's name")
    .addHelpText("after", examples("thwart user disable alice"))
    .action(
      run(async (context, name: string) => {
        await (await context.server()).send("PATCH", `/users/${encodeURIComponent(name)}`, { disabled: true }, user)
        if (!context.json) context.print(`${name} is disabled\n`)
      }),
    )
}

async function rows<T>(
  context: Context,
  items: readonly T[],
  cellsOf: (item: T) => readonly string[],
  names: readonly string[],
): Promise<void> {
  if (context.json) for (const item of items) context.printJson(item)
  else
    context.print(
      table(
        items,
        names.map((name, index) => ({ name, of: (item: T) => cellsOf(item)[index] ?? "" })),
        context.deps.out.columns,
      ),
    )
}
