import { Option } from "commander"
import { deliveryPage, type NotificationTargets, notificationTargets } from "../../api/contract/index.ts"
import { type Delivery, delivery, deliveryStates } from "../../core/index.ts"
import { type AddCommand, type Context, examples } from "../command.ts"
import { type Column, printable, table } from "../text.ts"

type Target = NotificationTargets["items"][number]

const exitCodes = `
Exit codes:
  0  every test message was delivered
  1  one was not
`

export const notify: AddCommand = (program, run) => {
  const group = program
    .command("notify")
    .description("who is told of incidents and countermeasures (notifications: in thwart.yaml), and whether it works")
  group
    .command("list")
    .description("the targets, with their state")
    .addHelpText("after", examples("thwart notify list", "thwart notify list --json"))
    .action(
      run(async (context) => {
        const { items } = await (await context.server()).get("/notifications/targets", notificationTargets)
        show(context, items, targetColumns, "Nobody is told: notifications.targets of thwart.yaml is empty.")
      }),
    )
  group
    .command("test")
    .description("send a test message now, to one target or to all")
    .argument("[target]", "its name (default: all)")
    .addHelpText("after", exitCodes + examples("thwart notify test", "thwart notify test soc"))
    .action(run(test))
  group
    .command("deliveries")
    .description("what was told, newest first, and what became of it")
    .option("--target <name>", "of this target alone")
    .addOption(new Option("--state <state>", "in this state alone").choices(deliveryStates))
    .option("--limit <n>", "as many as this", "50")
    .addHelpText("after", examples("thwart notify deliveries --state failed"))
    .action(
      run(async (context, flags: { readonly target?: string; readonly state?: string; readonly limit: string }) => {
        const query = new URLSearchParams({ ...flags })
        const { items } = await (await context.server()).get(`/notifications/deliveries?${query}`, deliveryPage)
        show(context, items, deliveryColumns, "Nothing was told yet.")
      }),
    )
}

async function test(context: Context, name: string | undefined): Promise<void> {
  const client = await context.server()
  const all = async () => (await client.get("/notifications/targets", notificationTargets)).items.map((one) => one.name)
  const names = name === undefined ? await all() : [name]
  for (const one of names) {
    const told = await client.send(
      "POST",
      `/notifications/targets/${encodeURIComponent(one)}/test`,
      undefined,
      delivery,
    )
    if (told.state !== "delivered") context.exit(1)
    if (context.json) context.printJson(told)
    else if (told.state === "delivered") context.print(`${one}: ${context.paint.green("delivered")}\n`)
    else context.print(`${one}: ${context.paint.red("not delivered")}: ${printable(told.reason ?? "")}\n`)
  }
  if (names.length === 0 && !context.json)
    context.print("There is no target: notifications.targets of thwart.yaml is empty.\n")
}

function show<T>(context: Context, items: readonly T[], columns: readonly Column<T>[], empty: string): void {
  if (context.json) for (const item of items) context.printJson(item)
  else if (items.length === 0) context.print(`${empty}\n`)
  else context.print(table(items, columns, context.deps.out.columns))
}

const day = (at: number) => new Date(at).toISOString().replace("T", " ").slice(0, 19)

const targetColumns: readonly Column<Target>[] = [
  { name: "target", of: ({ name }) => name },
  { name: "kind", of: ({ kind }) => kind },
  { name: "to", of: ({ destination }) => destination },
  { name: "from", of: ({ minSeverity }) => minSeverity },
  { name: "state", of: ({ state }) => state },
  { name: "waiting", of: ({ pending }) => String(pending) },
  { name: "delivered", of: ({ delivered }) => String(delivered) },
  { name: "failed", of: ({ failed }) => String(failed) },
  { name: "last", of: ({ lastDeliveredAt }) => (lastDeliveredAt === null ? "-" : day(lastDeliveredAt)) },
  { name: "reason", of: ({ reason }) => reason ?? "", flexible: true },
]

const deliveryColumns: readonly Column<Delivery>[] = [
  { name: "time", of: ({ createdAt }) => day(createdAt) },
  { name: "target", of: ({ target }) => target },
  { name: "state", of: ({ state }) => state },
  { name: "attempts", of: ({ attempts }) => String(attempts) },
  { name: "about", of: ({ notice }) => notice.title, flexible: true },
  { name: "reason", of: ({ reason }) => reason ?? "", flexible: true },
]
