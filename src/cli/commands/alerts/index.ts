import type { AddCommand } from "../../command.ts"
import { mask, unmask } from "./mask.ts"

const subcommands: readonly AddCommand[] = [mask, unmask]

export const alerts: AddCommand = (program, run) => {
  const group = program.command("alerts").description("say which alerts count")
  for (const add of subcommands) add(group, run)
}
