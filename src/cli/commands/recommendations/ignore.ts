import { decisionReport } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { collect } from "../../rule-options.ts"
import { findRecommendation } from "./find.ts"
import { printReport } from "./report.ts"

interface Flags {
  readonly once?: boolean
  readonly pending?: readonly string[] | null
  readonly reason: string
}

export const ignore: AddCommand = (group, run) => {
  group
    .command("ignore")
    .description(
      "ignore what is pending and all that its policy will propose; with --once or --pending only what is there now",
    )
    .argument("<recommendation>", "its id (rec_…), or the id of its policy")
    .option("--once", "all that is pending now; new evidence brings it back")
    .option("--pending <id>", "only this one (prp_…), once; may be given again", collect)
    .option("--reason <text>", "why, for everybody who looks later", "ignored by hand")
    .addHelpText(
      "after",
      examples(
        "thwart recommendations ignore rec_01k…",
        "thwart policy ask thwart/contain-chain  # takes it back",
        'thwart recommendations ignore rec_01k… --pending prp_01k… --reason "our scanner"',
      ),
    )
    .action(
      run(async (context, wanted: string, { once, pending = null, reason: why }: Flags) => {
        const client = await context.server()
        const { id, policy } = await findRecommendation(client, wanted)
        const always = once !== true && pending === null
        const [path, body] = always
          ? [`/recommendations/${id}/always`, { kind: "ignore", why }]
          : [`/recommendations/${id}/decide`, { kind: "dismiss", pending, why }]
        const report = await client.send("POST", path, body, decisionReport)
        if (always && !context.json)
          context.print(`${policy} is ignored: "thwart policy ask ${policy}" takes it back\n`)
        printReport(context, report)
      }),
    )
}
