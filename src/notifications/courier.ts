import { type Clock, type Delivery, type Millis, messageOf } from "../core/index.ts"
import { shown } from "../outbound/index.ts"
import type { Store } from "../store/store.ts"
import { type Backoff, backoffMs, usualBackoff } from "./backoff.ts"
import type { Queue } from "./queue.ts"
import type { NotificationTarget, SendResult } from "./targets/target.ts"

/** Delivers what waits for one target, one after the other. */
export interface Courier {
  kick(): void
  /** One that waits nowhere, at once and once; resolves with what became of it, when that is stored. */
  deliver(delivery: Delivery): Promise<Delivery>
  figures(): CourierFigures
  /** Waits a moment for what is under way, so that it need not be told twice; the rest waits for the next start. */
  stop(): Promise<void>
}

export interface CourierFigures {
  /** Since start. */
  readonly delivered: number
  readonly failed: number
  readonly lastDeliveredAt: Millis | null
  /** Null while the last attempt worked, and before the first. */
  readonly failing: string | null
}

export interface CourierDeps {
  readonly clock: Clock
  readonly store: Pick<Store, "record">
  readonly queue: Queue
  readonly target: NotificationTarget
  readonly linkTo: (path: string) => string | null
  readonly hide: (text: string) => string
  readonly random: () => number
  readonly onError: (error: unknown) => void
}

export interface CourierOptions {
  readonly giveUpAfterMs: Millis
  readonly backoff?: Backoff
}

// Timers hold no more than 2^31-1 ms; whoever waits longer looks again then.
const longestTimerMs = 3_600_000

// As long as a target that works needs, and no supervisor minds.
const lastWordsMs = 3000

export function createCourier(deps: CourierDeps, options: CourierOptions): Courier {
  const { clock, store, queue, target, hide, random, onError } = deps
  const { giveUpAfterMs, backoff = usualBackoff } = options
  const giveUp = new AbortController()
  let isStopping = false
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  // A target that fails is left alone, whatever waits for it.
  let pausedUntil: Millis = 0
  let failuresInARow = 0
  let figures: CourierFigures = { delivered: 0, failed: 0, lastDeliveredAt: null, failing: null }

  const send = async ({ id, notice }: Delivery): Promise<SendResult> => {
    try {
      return await target.send({ id, notice, link: deps.linkTo(notice.path) }, giveUp.signal)
    } catch (error) {
      // What a target failed to foresee may pass.
      return { kind: "failed", reason: shown(messageOf(error)), again: true }
    }
  }
  const note = (result: SendResult, state: Delivery["state"]) => {
    const sent = result.kind === "sent"
    figures = {
      delivered: figures.delivered + (sent ? 1 : 0),
      failed: figures.failed + (state === "failed" ? 1 : 0),
      lastDeliveredAt: sent ? clock.now() : figures.lastDeliveredAt,
      failing: sent ? null : hide(result.reason),
    }
  }
  const attempt = async (delivery: Delivery) => {
    const result = await send(delivery)
    if (giveUp.signal.aborted && result.kind === "failed") return
    const after = outcome(delivery, result)
    note(result, after.state)
    const isAway = result.kind === "failed" && result.again
    // By what failed in a row, not by what this one has failed: one that is refused for ever holds up no others.
    failuresInARow = isAway ? failuresInARow + 1 : 0
    if (isAway) pausedUntil = clock.now() + waitMs(failuresInARow, result.afterMs)
    const settled = [after, ...(isAway ? givenUp(after) : [])]
    try {
      await store.record({ deliveries: settled })
      for (const one of settled) queue.settle(one)
      figures = { ...figures, failed: figures.failed + settled.length - 1 }
    } catch (error) {
      // It may come twice, but it is not lost: the store still has it as it was.
      onError(error)
      queue.settle({ ...delivery, dueAt: clock.now() + backoff.lastMs })
    }
  }
  const waitMs = (failures: number, afterMs: Millis = 0) =>
    Math.max(backoffMs(failures, random, backoff), Math.min(afterMs, backoff.lastMs))
  const outcome = (delivery: Delivery, result: SendResult): Delivery => {
    const now = clock.now()
    const attempts = delivery.attempts + 1
    if (result.kind === "sent") return { ...delivery, state: "delivered", attempts, reason: null, finishedAt: now }
    const reason = hide(result.reason)
    const dueAt = now + waitMs(attempts, result.afterMs)
    if (result.again && dueAt <= delivery.createdAt + giveUpAfterMs) return { ...delivery, attempts, reason, dueAt }
    const why = result.again ? `${reason} (given up after ${attempts} attempts)` : reason
    return { ...delivery, state: "failed", attempts, reason: why, finishedAt: now }
  }
  /** What waits behind one that fails for too long has failed with it: it is not tried one by one for days. */
  const givenUp = ({ id, reason }: Delivery): readonly Delivery[] => {
    const now = clock.now()
    const others = queue.olderThan(now - giveUpAfterMs).filter((one) => one.id !== id)
    const why = `given up, since it waited too long for a target that fails: ${reason}`
    return others.map((one) => ({ ...one, state: "failed", reason: why, finishedAt: now }))
  }
  const run = async () => {
    while (!isStopping && clock.now() >= pausedUntil) {
      const next = queue.next()
      if (next === undefined) break
      await attempt(next)
    }
  }
  const rest = () => {
    running = undefined
    clearTimeout(timer)
    const at = queue.nextAt()
    if (at === undefined || isStopping) return
    const waitMs = Math.max(at, pausedUntil) - clock.now()
    timer = setTimeout(kick, Math.max(5, Math.min(waitMs, longestTimerMs)))
    timer.unref()
  }
  const kick = () => {
    if (!isStopping) running ??= run().catch(onError).finally(rest)
  }

  return {
    kick,
    deliver: async (delivery) => {
      const result = await send(delivery)
      const after = outcome(delivery, result.kind === "sent" ? result : { ...result, again: false })
      note(result, after.state)
      await store.record({ deliveries: [after] })
      if (result.kind === "sent") pausedUntil = 0
      kick()
      return after
    },
    figures: () => figures,
    stop: async () => {
      isStopping = true
      clearTimeout(timer)
      const patience = setTimeout(() => giveUp.abort(), lastWordsMs)
      await running
      clearTimeout(patience)
      target.close?.()
    },
  }
}
