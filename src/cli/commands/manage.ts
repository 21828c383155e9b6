import { Option } from "commander"
import { z } from "zod"
import { createdToken, createdUser, tokens, user, users } from "../../api/contract/index.ts"
import { type Role, roles, userRole } from "../../core/index.ts"
import { type AddCommand, type Context, examples } from "../command.ts"
import { parseEnd } from "../duration.ts"
import { table } from "../text.ts"

const nothing = z.null()
const roleOption = (choices: readonly Role[]) =>
  new Option("--role <role>", "what it may do").choices(choices).default("viewer")

export const token: AddCommand = (program, run) => {
  const group = program.command("token").description("make, list and revoke tokens for programs")
  group
    .command("create")
    .description("make a token; its secret is shown once")
    .argument("<name>", "what it is for")
    .addOption(roleOption(roles))
    .option("--expires <end>", "2026-12-31, 90d, or forever", parseEnd(Date.now()), null)
    .addHelpText(
      "after",
      examples(
        "thwart token create grafana --role viewer --expires 90d",
        "thwart token create falco-web1 --role sensor",
      ),
    )
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
    .addOption(roleOption(userRole.options))
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
