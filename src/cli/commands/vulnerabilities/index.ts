import type { AddCommand } from "../../command.ts"
import { importReports } from "./import.ts"
import { listReports } from "./list.ts"
import { removeReport } from "./remove.ts"

const subcommands: readonly AddCommand[] = [importReports, listReports, removeReport]

export const vulnerabilities: AddCommand = (program, run) => {
  const group = program
    .command("vulnerabilities")
    .description("what scanners know of nodes and images, for intent rules")
  for (const add of subcommands) add(group, run)
}
