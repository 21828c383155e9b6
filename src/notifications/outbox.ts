import type { Clock, Delivery } from "../core/index.ts"
import type { Store } from "../store/store.ts"
import type { Queue } from "./queue.ts"

interface OutboxDeps {
  readonly store: Pick<Store, "deliveries" | "record">
  readonly clock: Clock
}

const dayMs = 86_400_000
// As long as somebody may ask whether they were told.
const keptMs = 7 * dayMs

/** Puts back what was not delivered before the last stop, oldest first; what no target waits for any longer has failed. */
export async function restoreOutbox({ store, clock }: OutboxDeps, queues: ReadonlyMap<string, Queue>): Promise<void> {
  const pending: Delivery[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await store.deliveries({ state: "pending", limit: 1000, cursor })
    pending.push(...page.items)
    if (page.next === undefined) break
    cursor = page.next
  }
  const lost: Delivery[] = []
  for (const delivery of pending.reverse()) {
    const queue = queues.get(delivery.target)
    if (queue !== undefined) queue.settle(delivery)
    else lost.push({ ...delivery, ...goneWith(delivery.target), finishedAt: clock.now() })
  }
  if (lost.length > 0) await store.record({ deliveries: lost })
}

const goneWith = (target: string) =>
  ({ state: "failed", reason: `the target "${target}" is no longer configured` }) as const

/** Forgets what was finished and is old. */
export async function forgetOld({ store, clock }: OutboxDeps): Promise<void> {
  await store.record({ forgetDeliveriesBefore: clock.now() - keptMs })
}
