import type { AddCommand } from "../../command.ts"
import { disable } from "./disable.ts"
import { enable } from "./enable.ts"
import { exception } from "./exception.ts"
import { list } from "./list.ts"
import { show } from "./show.ts"

const subcommands: readonly AddCommand[] = [list, show, disable, enable, exception]

export const rules: AddCommand = (program, run) => {
  const group = program.command("rules").description("list rules, turn them off and on, and make exceptions")
  for (const add of subcommands) add(group, run)
}
