import { policies } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { printable } from "../../text.ts"
import { conductOf } from "./conduct.ts"

export const listPolicies: AddCommand = (group, run) => {
  group
    .command("list", { isDefault: true })
    .description("list policies, each as a sentence")
    .addHelpText("after", examples("thwart policies", "thwart policy list --json"))
    .action(
      run(async (context) => {
        const { items } = await (await context.server()).get("/policies", policies)
        if (context.json) for (const one of items) context.printJson(one)
        else if (items.length === 0) context.print("No policy.\n")
        else
          for (const one of items) {
            context.print(
              `${context.paint.bold(printable(one.name))} (${printable(one.id)})\n  ${printable(one.sentence)}\n  ${conductOf(one)}\n`,
            )
          }
      }),
    )
}
