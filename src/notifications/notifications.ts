import { type Clock, type Delivery, type Ids, type Millis, type Notice, ThwartError } from "../core/index.ts"
import type { SecretDeps } from "../outbound/index.ts"
import type { Changes, Store } from "../store/store.ts"
import type { Backoff } from "./backoff.ts"
import type { NotificationsConfig } from "./config.ts"
import { createDeliveryIds } from "./delivery-ids.ts"
import { createLines, type Line, statusOf, type TargetStatus } from "./line.ts"
import { forgetOld, restoreOutbox } from "./outbox.ts"
import { playbookNotice } from "./playbook-notice.ts"
import { newDelivery } from "./queue.ts"
import { createWatch } from "./watch.ts"

/** Who asks, and from where. */
export interface Actor {
  readonly who: string
  readonly from: string | null
}

/** Tells people what happened, at least once. */
export interface Notifications {
  /** The same store: what is to be told of a change is stored in the same transaction, and sent when that holds. */
  telling(store: Store): Store
  /** Goes on with what was left. */
  start(): Promise<void>
  targets(): readonly TargetStatus[]
  /** Sends a test message now; throws THWART_NOT_FOUND for a target that there is not. */
  test(target: string, by: Actor): Promise<Delivery>
  stop(): Promise<void>
}

export interface NotificationsDeps extends SecretDeps {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Pick<Ids, "other">
  readonly fetch: typeof globalThis.fetch
  readonly random: () => number
  readonly onError: (error: unknown) => void
}

/** What is looked at: everything else goes to the store as it is. */
const isTold = ["incidents", "countermeasures", "proposals", "recommendations", "playbookNotices"] as const

/** Throws THWART_CONFIG_INVALID with everything that is wrong about the targets. */
export function createNotifications(
  deps: NotificationsDeps,
  config: NotificationsConfig,
  options: { readonly backoff?: Backoff } = {},
): Notifications {
  const { store, clock, onError } = deps
  const newId = createDeliveryIds(deps.ids)
  const lines = createLines({ ...deps, newId }, config, options)
  const watch = createWatch({ store, clock })
  const kickAll = () => {
    for (const { courier } of lines) courier.kick()
  }
  let tidying: NodeJS.Timeout | undefined

  const record = async (inner: Store, changes: Changes) => {
    const notices = await watch.noticesOf(changes)
    const offered = notices.flatMap((notice) =>
      lines.flatMap(({ queue }) => {
        const delivery = queue.offer(notice)
        return delivery === undefined ? [] : [{ queue, delivery }]
      }),
    )
    for (const notice of changes.playbookNotices ?? [])
      for (const { config, queue } of lines)
        if (config.name === notice.target) offered.push({ queue, delivery: queue.offerOwn(playbookNotice(notice)) })
    // One digest may have taken in many: its last state is all of them.
    const latest = new Map(offered.map((one) => [one.delivery.id, one]))
    const deliveries = [...latest.values()].map(({ delivery }) => delivery)
    await inner.record(deliveries.length === 0 ? changes : { ...changes, deliveries })
    watch.stored(changes)
    for (const { queue, delivery } of latest.values()) queue.take(delivery)
    if (latest.size > 0) kickAll()
  }

  return {
    telling: (inner) =>
      lines.length === 0
        ? inner
        : {
            ...inner,
            record: (changes) =>
              isTold.some((what) => changes[what] !== undefined) ? record(inner, changes) : inner.record(changes),
          },
    start: async () => {
      await restoreOutbox({ store, clock }, new Map(lines.map(({ config: { name }, queue }) => [name, queue])))
      const tidy = () => void forgetOld({ store, clock }).catch(onError)
      tidy()
      tidying = setInterval(tidy, 3_600_000)
      tidying.unref()
      kickAll()
    },
    targets: () => lines.map(statusOf),
    test: async (name, by) => {
      const line = lines.find((one) => one.config.name === name)
      if (line === undefined) throw new ThwartError("THWART_NOT_FOUND", noTarget(name, lines))
      const delivery = newDelivery({ clock, newId }, name, testNotice(name, by.who, clock.now()))
      const tested = await line.courier.deliver(delivery)
      const after = { state: tested.state, reason: tested.reason }
      const audit = { id: deps.ids.other("aud"), at: clock.now(), ...by, subject: `notification:${name}` }
      await store.record({ audit: [{ ...audit, action: "test notification", before: null, after }] })
      return tested
    },
    stop: async () => {
      clearInterval(tidying)
      await Promise.all(lines.map(({ courier }) => courier.stop()))
    },
  }
}

function testNotice(target: string, by: string, at: Millis): Notice {
  return {
    kind: "test",
    at,
    severity: "info",
    follows: null,
    subject: `test_${target}`,
    title: "Test message of Thwart",
    text: `${by} asked for this message, to see whether "${target}" is reached. Nothing has happened.`,
    facts: [],
    path: "/notifications",
  }
}

function noTarget(name: string, lines: readonly Line[]): string {
  const names = lines.map(({ config }) => config.name)
  const there =
    names.length === 0 ? "none is configured (notifications: in thwart.yaml)" : `there are: ${names.join(", ")}`
  return `there is no notification target "${name}"; ${there}`
}
