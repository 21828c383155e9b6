import { ThwartError } from "../../../core/index.ts"
import { type AddCommand, type Context, examples } from "../../command.ts"
import type { AwsCheck } from "../../deps.ts"
import { printable } from "../../text.ts"

interface Flags {
  readonly webAcl?: string[]
  readonly networkAcl?: string[]
  readonly config?: string
  readonly dryRun?: string[]
}

export const check: AddCommand = (program, run) => {
  program
    .command("check")
    .description(
      "look at web ACLs and network ACLs as the enforcers would, tell what is not well and what to do; changes nothing",
    )
    .option("--web-acl <arns...>", "the ARNs of the web ACLs, with the default settings")
    .option("--network-acl <arns...>", "the ARNs of the network ACLs, with the default settings")
    .option("--config <file>", "all of this thwart.yaml, with their settings")
    .option("--dry-run <addresses...>", "show each call that blocking these would make")
    .addHelpText(
      "after",
      `\nExit codes:\n  0  all is well\n  1  something is not\n  2  the command line or the configuration is wrong\n${examples(
        "thwart aws check --web-acl arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/ID",
        "thwart aws check --config thwart.yaml --dry-run 203.0.113.7 2001:db8::/48",
      )}`,
    )
    .action(
      run(async (context, { webAcl = [], networkAcl = [], config, dryRun = [] }: Flags) => {
        if (webAcl.length + networkAcl.length === 0 && config === undefined)
          throw new ThwartError(
            "THWART_USAGE",
            "give --web-acl or --network-acl with ARNs, or --config with a file that names some",
          )
        const targets = { webAcls: webAcl, networkAcls: networkAcl }
        const checks = await context.deps.aws.check({ ...targets, config, dryRun }, context.signal)
        for (const one of checks) {
          if (context.json) context.printJson(one)
          else show(context, one)
        }
        context.exit(checks.some(({ findings }) => findings.some(({ state }) => state === "failed")) ? 1 : 0)
      }),
    )
}

function show({ paint, print }: Context, { arn, findings, calls }: AwsCheck): void {
  const colour = { ok: paint.green, warning: paint.yellow, failed: paint.red }
  print(`${paint.bold(printable(arn))}\n`)
  for (const { what, state, found } of findings)
    print(`  ${colour[state](state.padEnd(8))} ${what.padEnd(8)} ${printable(found)}\n`)
  for (const { region, action, input } of calls)
    print(`  ${paint.dim("would call")} ${action} in ${region} ${printable(JSON.stringify(input))}\n`)
}
