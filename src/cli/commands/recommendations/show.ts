import { type PendingProposal, recommendationDetail } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { printable, table } from "../../text.ts"
import { atLeastOne } from "../list.ts"
import { pendingColumns } from "./columns.ts"
import { findRecommendation } from "./find.ts"

export const show: AddCommand = (group, run) => {
  group
    .command("show")
    .description("show what is pending of a recommendation, and how it stands with its evidence")
    .argument("<recommendation>", "its id (rec_…), or the id of its policy")
    .option("--limit <number>", "at most so many, oldest first", atLeastOne, 1000)
    .addHelpText(
      "after",
      examples("thwart recommendations show rec_01k…", "thwart recommendations show thwart/contain-chain --json"),
    )
    .action(
      run(async (context, wanted: string, { limit }: { readonly limit: number }) => {
        const client = await context.server()
        const { id } = await findRecommendation(client, wanted)
        const found: PendingProposal[] = []
        let detail = await client.get(`/recommendations/${id}?limit=${Math.min(1000, limit)}`, recommendationDetail)
        for (found.push(...detail.items); detail.next !== null && found.length < limit; found.push(...detail.items))
          detail = await client.get(
            `/recommendations/${id}?limit=${Math.min(1000, limit - found.length)}&cursor=${detail.next}`,
            recommendationDetail,
          )
        const { recommendation } = detail
        if (context.json) return context.printJson({ recommendation, items: found })
        const { policyName, policy, sentence, pending, held, notKept } = recommendation
        context.print(`${printable(`${policyName} (${policy}): ${sentence}`)}\n`)
        context.print(
          `${pending} pending${held > 0 ? `, ${held} held back by a guardrail` : ""}${notKept > 0 ? `, ${notKept} more not kept` : ""} (${id})\n\n`,
        )
        context.print(table(found, pendingColumns(context.deps.now()), context.deps.out.columns))
      }),
    )
}
