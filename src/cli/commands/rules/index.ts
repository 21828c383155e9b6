import type { AddCommand } from "../../command.ts"
import { addCheck } from "./check.ts"
import { disable } from "./disable.ts"
import { enable } from "./enable.ts"
import { exception } from "./exception.ts"
import { fetchRules } from "./fetch.ts"
import { list } from "./list.ts"
import { addTest } from "./rule-test.ts"
import { show } from "./show.ts"

const subcommands: readonly AddCommand[] = [list, show, disable, enable, exception, addCheck, addTest, fetchRules]

export const rules: AddCommand = (program, run) => {
  const group = program
    .command("rules")
    .description("fetch, list, check and test rules, turn them off and on, and make exceptions")
  for (const add of subcommands) add(group, run)
}
