import type { AddCommand } from "../../command.ts"
import { check } from "./check.ts"
import { iamPolicy } from "./iam-policy.ts"

const subcommands: readonly AddCommand[] = [check, iamPolicy]

export const aws: AddCommand = (program, run) => {
  const group = program.command("aws").description("prepare and check what Thwart does in AWS")
  for (const add of subcommands) add(group, run)
}
