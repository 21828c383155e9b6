import { type Clock, compareSeverity, type Delivery, type Millis, type Notice } from "../core/index.ts"
import type { TargetConfig } from "./config.ts"
import { digestNotice, type Tally, tallied } from "./digest.ts"
import { createRate } from "./rate.ts"
import type { NotificationTarget } from "./targets/target.ts"

/** What waits for one target, in order. The store has all of it; this is what of it is in memory. */
export interface Queue {
  /** What has to be stored so that the target is told; undefined where it does not want to know. */
  offer(notice: Notice): Delivery | undefined
  /** The same of a notice that is meant for this target, whatever it wants to know otherwise. */
  offerOwn(notice: Notice): Delivery
  /** It is stored. */
  take(delivery: Delivery): void
  /** The one to be tried now. A digest takes in nothing more from here on. */
  next(): Delivery | undefined
  /** When there will be one; undefined: nothing waits. */
  nextAt(): Millis | undefined
  /** What waits since before this. */
  olderThan(at: Millis): readonly Delivery[]
  /** It was tried, and is stored so. */
  settle(delivery: Delivery): void
  size(): number
}

export interface QueueDeps {
  readonly clock: Clock
  readonly newId: () => string
  readonly target: Pick<NotificationTarget, "hasUseFor" | "mustHave">
}

// Of one target; beyond it everything goes into digests, so that a target that is away for a day fills no store.
const maxWaiting = 1000

export function createQueue({ clock, newId, target }: QueueDeps, config: TargetConfig): Queue {
  const waiting = new Map<string, Delivery>()
  const hasRoom = createRate({ clock, perMinute: config.maxPerMinute })
  const kinds = new Set<string>(config.kinds)
  let digest: { readonly tally: Tally; readonly delivery: Delivery } | undefined

  const wants = (notice: Notice) =>
    kinds.has(notice.kind) &&
    compareSeverity(notice.severity, config.minSeverity) >= 0 &&
    (target.hasUseFor?.(notice) ?? true)
  const isToldAlone = (notice: Notice) =>
    target.mustHave?.(notice) === true ? waiting.size < 2 * maxWaiting : waiting.size < maxWaiting && hasRoom()

  const intoDigest = (notice: Notice): Delivery => {
    const tally = tallied(digest?.tally, notice)
    const known = digest?.delivery ?? newDelivery({ clock, newId }, config.name, notice, config.digestEvery)
    const delivery = { ...known, notice: digestNotice(tally, known.id) }
    digest = { tally, delivery }
    return delivery
  }
  const current = (delivery: Delivery) => (delivery.id === digest?.delivery.id ? digest.delivery : delivery)

  const deliveryOf = (notice: Notice) =>
    isToldAlone(notice) ? newDelivery({ clock, newId }, config.name, notice) : intoDigest(notice)

  return {
    offer: (notice) => (wants(notice) ? deliveryOf(notice) : undefined),
    offerOwn: deliveryOf,
    take: (delivery) => {
      // A digest that was sent meanwhile had this in it.
      const isLate = delivery.notice.kind === "digest" && delivery.id !== digest?.delivery.id
      if (!isLate) waiting.set(delivery.id, delivery)
    },
    next: () => {
      const now = clock.now()
      // Who has waited longest: one that fails again and again comes behind those that were not tried yet.
      const [found] = firstOfEach(waiting.values())
        .filter(({ dueAt }) => dueAt <= now)
        .sort((one, other) => one.dueAt - other.dueAt)
      if (found === undefined) return undefined
      const delivery = current(found)
      if (delivery.id === digest?.delivery.id) digest = undefined
      return delivery
    },
    nextAt: () =>
      waiting.size === 0 ? undefined : Math.min(...firstOfEach(waiting.values()).map(({ dueAt }) => dueAt)),
    olderThan: (at) => [...waiting.values()].filter(({ createdAt }) => createdAt < at).map(current),
    settle: (delivery) => {
      if (delivery.state === "pending") waiting.set(delivery.id, delivery)
      else waiting.delete(delivery.id)
    },
    size: () => waiting.size,
  }
}

/** What one target is told of one notice, before it is. */
export function newDelivery(
  { clock, newId }: Pick<QueueDeps, "clock" | "newId">,
  target: string,
  notice: Notice,
  delayMs: Millis = 0,
): Delivery {
  const now = clock.now()
  const fresh = { state: "pending", attempts: 0, reason: null, finishedAt: null } as const
  return { id: newId(), target, notice, ...fresh, createdAt: now, dueAt: now + delayMs }
}

/** What waits behind an earlier one of the same subject waits for it: a target that is told of the end first is told wrong. */
function firstOfEach(waiting: Iterable<Delivery>): readonly Delivery[] {
  const bySubject = new Map<string, Delivery>()
  for (const delivery of waiting)
    if (!bySubject.has(delivery.notice.subject)) bySubject.set(delivery.notice.subject, delivery)
  return [...bySubject.values()]
}
