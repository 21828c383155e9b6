import type { AddCommand } from "../../command.ts"
import { assign } from "./assign.ts"
import { comment } from "./comment.ts"

const subcommands: readonly AddCommand[] = [assign, comment]

export const incidents: AddCommand = (program, run) => {
  const group = program.command("incidents").description("work on incidents: who has one, and what is noted on it")
  for (const add of subcommands) add(group, run)
}
