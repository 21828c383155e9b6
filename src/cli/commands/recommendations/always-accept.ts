import { decisionReport } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { parseDuration } from "../../duration.ts"
import { findRecommendation } from "./find.ts"
import { printReport } from "./report.ts"

interface Flags {
  readonly for?: number | null
  readonly reason: string
}

export const alwaysAccept: AddCommand = (group, run) => {
  group
    .command("always-accept")
    .description("accept what is pending and all that its policy will propose; it asks no more")
    .argument("<recommendation>", "its id (rec_…), or the id of its policy")
    .option("--for <duration>", "how long what is pending lasts; without it as long as the policy says", parseDuration)
    .option("--reason <text>", "why, for everybody who looks later", "accepted by hand")
    .addHelpText(
      "after",
      examples(
        "thwart recommendations always-accept rec_01k…",
        "thwart policy ask thwart/contain-chain  # takes it back",
      ),
    )
    .action(
      run(async (context, wanted: string, { for: durationMs, reason: why }: Flags) => {
        const client = await context.server()
        const { id, policy } = await findRecommendation(client, wanted)
        const body = { kind: "accept", durationMs, why }
        const report = await client.send("POST", `/recommendations/${id}/always`, body, decisionReport)
        if (!context.json) context.print(`${policy} asks no more: "thwart policy ask ${policy}" takes it back\n`)
        printReport(context, report)
      }),
    )
}
