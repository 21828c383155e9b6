import { decisionReport } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { parseDuration } from "../../duration.ts"
import { collect } from "../../rule-options.ts"
import { findRecommendation } from "./find.ts"
import { printReport } from "./report.ts"

interface Flags {
  readonly for?: number | null
  readonly pending?: readonly string[] | null
  readonly reason: string
}

export const accept: AddCommand = (group, run) => {
  group
    .command("accept")
    .description("put what is pending in force, this once; each is checked again, and told what became of it")
    .argument("<recommendation>", "its id (rec_…), or the id of its policy")
    .option(
      "--for <duration>",
      "how long: 10m, 2h, 7d or forever; without it as long as the policy says",
      parseDuration,
    )
    .option("--pending <id>", "only this one (prp_…); may be given again", collect)
    .option("--reason <text>", "why, for everybody who looks later", "accepted by hand")
    .addHelpText(
      "after",
      examples(
        'thwart recommendations accept rec_01k… --for 2h --reason "ticket 4711"',
        "thwart recommendations accept rec_01k… --pending prp_01k… --pending prp_01m…",
      ),
    )
    .action(
      run(async (context, wanted: string, { for: durationMs, pending = null, reason: why }: Flags) => {
        const client = await context.server()
        const { id } = await findRecommendation(client, wanted)
        const body = { kind: "accept", pending, durationMs, why }
        printReport(context, await client.send("POST", `/recommendations/${id}/decide`, body, decisionReport))
      }),
    )
}
