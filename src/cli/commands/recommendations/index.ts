import type { AddCommand } from "../../command.ts"
import { accept } from "./accept.ts"
import { alwaysAccept } from "./always-accept.ts"
import { ignore } from "./ignore.ts"
import { list } from "./list.ts"
import { show } from "./show.ts"

const subcommands: readonly AddCommand[] = [list, show, accept, alwaysAccept, ignore]

export const recommendations: AddCommand = (program, run) => {
  const group = program
    .command("recommendations")
    .description("what policies in interactive mode propose, and what a guardrail held back: look and decide")
  for (const add of subcommands) add(group, run)
}
