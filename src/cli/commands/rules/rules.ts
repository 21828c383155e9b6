import type { AddCommand } from "../../command.ts"
import { addCheck } from "./check.ts"
import { addList } from "./list.ts"
import { addTest } from "./test.ts"

export const rules: AddCommand = (program, run) => {
  const group = program.command("rules").description("check, list and test detection rules")
  for (const add of [addCheck, addList, addTest]) add(group, run)
}
