import { Argument } from "commander"
import { policies } from "../../api/contract/index.ts"
import { type Mode, mode, type PolicyId, policy as policySchema, ThwartError } from "../../core/index.ts"
import { runBacktest, showBacktest } from "../backtest.ts"
import type { Client } from "../client.ts"
import { type AddCommand, type Context, examples } from "../command.ts"
import { readPolicies } from "../policy-input.ts"
import { type Since, sinceOption } from "./backtest.ts"

interface ModeFlags {
  readonly since: Since
  readonly yes?: boolean
}

export const policy: AddCommand = (program, run) => {
  const group = program
    .command("policy")
    .alias("policies")
    .description('make and change policies; "thwart list policies" shows them')
  group
    .command("set")
    .description("make or change the policies of a YAML file, and tell each as a sentence")
    .argument("[file]", "a YAML file; - or none: standard input")
    .addHelpText("after", examples("thwart policy set quarantine.yaml"))
    .action(
      run(async (context, file: string | undefined) => {
        const given = await readPolicies(context, file)
        const client = await context.server()
        for (const one of given) await client.send("PUT", `/policies/${encodeURIComponent(one.id)}`, one, policySchema)
        const changed = new Set<string>(given.map(({ id }) => id))
        for (const one of (await client.get("/policies", policies)).items) {
          if (!changed.has(one.id)) continue
          if (context.json) context.printJson(one)
          else context.print(`${one.id} (${one.enabled ? one.mode : "off"}): ${one.sentence}\n`)
        }
      }),
    )
  group
    .command("mode")
    .description("switch a policy; to automatic only after showing what it would have done, and asking")
    .argument("<id>", "the policy's id")
    .addArgument(new Argument("<mode>", "what it shall do by itself").choices(mode.options))
    .addOption(sinceOption())
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      examples("thwart policy mode thwart/contain-chain automatic", "thwart policy mode quarantine-shop monitor"),
    )
    .action(
      run(async (context, id: string, wanted: Mode, flags: ModeFlags) => {
        const client = await context.server()
        const found = (await client.get("/policies", policies)).items.find((one) => one.id === id)
        if (found === undefined)
          throw new ThwartError("THWART_NOT_FOUND", `there is no policy ${id}; "thwart list policies" shows them`)
        const { sentence, ...before } = found
        if (wanted === "automatic" && before.mode !== wanted && !(await isAgreed(context, client, { id, ...flags }))) {
          context.exit(1)
          return
        }
        const after = { ...before, mode: wanted }
        await client.send("PUT", `/policies/${encodeURIComponent(id)}`, after, policySchema)
        if (context.json) context.printJson({ ...after, sentence })
        else context.print(`${id} is ${after.enabled ? wanted : `${wanted}, and turned off`}: ${sentence}\n`)
      }),
    )
}

/** Shows what the policy would have done; true when somebody says yes to that, now or by `--yes`. */
async function isAgreed(
  context: Context,
  client: Client,
  { id, since, yes }: ModeFlags & { readonly id: string },
): Promise<boolean> {
  // The cast holds: the server has just told the id.
  const body = { policy: id as PolicyId, since: since(context.deps.now()) }
  const result = await runBacktest(context, client, body)
  if (context.json) context.printJson(result)
  else showBacktest(context, result)
  if (yes === true) return true
  const agreed = await context.deps.confirm(`Switch ${id} to automatic?`)
  if (agreed === undefined)
    throw new ThwartError("THWART_USAGE", `${id} is not switched: nobody can be asked here; give --yes to switch it`)
  if (!agreed) context.deps.err.write(`${id} is not switched\n`)
  return agreed
}
