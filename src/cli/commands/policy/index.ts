import type { AddCommand } from "../../command.ts"
import { ask } from "./ask.ts"
import { listPolicies } from "./list.ts"
import { mode } from "./mode.ts"
import { set } from "./set.ts"

const subcommands: readonly AddCommand[] = [listPolicies, set, mode, ask]

export const policy: AddCommand = (program, run) => {
  const group = program
    .command("policy")
    .alias("policies")
    .description("list policies as sentences, make and change them, and say how they act")
  for (const add of subcommands) add(group, run)
}
