import type { AddCommand } from "../../command.ts"
import { addCheck } from "./check.ts"
import { addAccept, addReject } from "./decide.ts"
import { addDryRun } from "./dry-run.ts"
import { addList } from "./list.ts"
import { addRemove } from "./remove.ts"
import { addRuns } from "./runs.ts"
import { addSet } from "./set.ts"
import { addShow } from "./show.ts"
import { addDisable, addEnable } from "./switch.ts"

export const playbooks: AddCommand = (program, run) => {
  const group = program
    .command("playbooks")
    .description("what is done by itself when a rule, a policy or an incident is seen")
  for (const add of [
    addList,
    addShow,
    addCheck,
    addDryRun,
    addRuns,
    addEnable,
    addDisable,
    addSet,
    addRemove,
    addAccept,
    addReject,
  ])
    add(group, run)
}
