import { modeChange } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { conductOf } from "./conduct.ts"

export const ask: AddCommand = (group, run) => {
  group
    .command("ask")
    .description("let a policy in interactive mode ask again, after always-accept or ignore")
    .argument("<policy>", "its id")
    .option("--reason <text>", "why, for everybody who looks later", "changed by hand")
    .addHelpText("after", examples("thwart policy ask thwart/contain-chain"))
    .action(
      run(async (context, id: string, { reason: why }: { readonly reason: string }) => {
        const path = `/policies/${encodeURIComponent(id)}/mode`
        const body = { interactiveStatus: "interactive", pending: "keep", why }
        const change = await (await context.server()).send("POST", path, body, modeChange)
        if (context.json) context.printJson(change.policy)
        else context.print(`${id}: ${conductOf(change.policy)}\n`)
      }),
    )
}
