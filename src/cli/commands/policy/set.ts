import { policies } from "../../../api/contract/index.ts"
import { formatDiagnostic, parsePolicies, policy as policySchema, ThwartError } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"

export const set: AddCommand = (group, run) => {
  group
    .command("set")
    .description("make or change the policies of a YAML file, and tell each as a sentence")
    .argument("[file]", "a YAML file; - or none: standard input")
    .addHelpText("after", examples("thwart policy set quarantine.yaml"))
    .action(
      run(async (context, file: string | undefined) => {
        const bytes = await context.deps.rules.readInput(file)
        const text = Buffer.from(bytes, "latin1").toString("utf8")
        const parsed = parsePolicies(text, file ?? "standard input")
        if (parsed.kind === "bad")
          throw new ThwartError(
            "THWART_CONFIG_INVALID",
            `no policy was changed:\n${parsed.diagnostics.map((one) => `  ${formatDiagnostic(one)}`).join("\n")}`,
          )
        const client = await context.server()
        for (const one of parsed.value)
          await client.send("PUT", `/policies/${encodeURIComponent(one.id)}`, one, policySchema)
        const changed = new Set<string>(parsed.value.map(({ id }) => id))
        for (const one of (await client.get("/policies", policies)).items) {
          if (!changed.has(one.id)) continue
          if (context.json) context.printJson(one)
          else context.print(`${one.id} (${one.enabled ? one.mode : "off"}): ${one.sentence}\n`)
        }
      }),
    )
}
