import { policies } from "../../../api/contract/index.ts"
import { policy as policySchema } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { readPolicies } from "../../policy-input.ts"

export const set: AddCommand = (group, run) => {
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
}
