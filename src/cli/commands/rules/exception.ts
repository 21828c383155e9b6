import type { AddCommand } from "../../command.ts"
import { add } from "./exception-add.ts"
import { end } from "./exception-end.ts"
import { listExceptions } from "./exception-list.ts"

export const exception: AddCommand = (program, run) => {
  const group = program.command("exception").description("except paths, parameters and sources from rules")
  for (const command of [add, listExceptions, end]) command(group, run)
}
