import type { AddCommand } from "../../command.ts"
import { addCheck } from "./check.ts"
import { addTest } from "./event-test.ts"

const subcommands: readonly AddCommand[] = [addCheck, addTest]

export const events: AddCommand = (program, run) => {
  const group = program
    .command("events")
    .description("check and test rules over the records of Linux audit, Falco, Tetragon and CloudTrail")
  for (const add of subcommands) add(group, run)
}
