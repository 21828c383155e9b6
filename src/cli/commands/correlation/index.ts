import type { AddCommand } from "../../command.ts"
import { addCheck } from "./check.ts"
import { addPreview } from "./preview.ts"

const subcommands: readonly AddCommand[] = [addCheck, addPreview]

export const correlation: AddCommand = (program, run) => {
  const group = program
    .command("correlation")
    .description("check intent and clustering rules, and see what they would have made")
  for (const add of subcommands) add(group, run)
}
