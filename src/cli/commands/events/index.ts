import type { AddCommand } from "../../command.ts"
import { addCheck } from "./check.ts"
import { addClone } from "./clone.ts"
import { addTest } from "./event-test.ts"

const sending = `
Records of other machines are sent to a server by HTTP, with a token of the role sensor:
  TOKEN=$(thwart token create falco-web1 --role sensor)
  curl --fail-with-body -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/x-ndjson" \\
    --data-binary @falco.json https://thwart.example.com/api/v1/events/falco
`

const subcommands: readonly AddCommand[] = [addCheck, addTest, addClone]

export const events: AddCommand = (program, run) => {
  const group = program
    .command("events")
    .description("check and test rules over the records of Linux audit, Falco, Tetragon and CloudTrail")
    .addHelpText("after", sending)
  for (const add of subcommands) add(group, run)
}
