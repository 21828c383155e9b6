import { type Alert, createManualClock, type Millis } from "../../src/core/index.ts"
import { createSqliteStore } from "../../src/store/index.ts"
import type { Store } from "../../src/store/store.ts"
import { createDraw, type Draw } from "../fuzz/mutate.ts"
import { neverBlocked } from "./actions.ts"
import { type Faults, type House, type HouseDeps, openHouse } from "./house.ts"
import { atOnce, blockMs, chain, counting, operator, proposing, stepMs } from "./policies.ts"
import { Killed } from "./process.ts"
import { createPledge, type Pledge } from "./promises.ts"
import { createMemoryTarget, type MemoryTarget } from "./target.ts"
import type { Operations } from "./wire.ts"

/** One round of a schedule: a house, all around it, and what it promised. */
export interface Run {
  readonly draw: Draw
  pick<T>(from: readonly T[]): T
  readonly clock: ReturnType<typeof createManualClock>
  readonly store: Store
  readonly target: MemoryTarget
  readonly faults: Faults
  readonly pledge: Pledge
  readonly trespasses: readonly string[]
  /** Every alert that was ever sent. */
  readonly sent: Alert[]
  nextAlert(): number
  isTroubled(): boolean
  /** Sends; what is not acknowledged is sent again by `heal`. */
  deliver(alerts: readonly Alert[]): Promise<void>
  /** Asks again while the answer is lost; undefined when it is refused. */
  ask<T>(question: (operations: Operations) => Promise<T>): Promise<T | undefined>
  dieAt(step: number): void
  pass(ms: Millis): Promise<void>
  /** The clock is set; the kernel's goes on as it did. */
  jump(ms: Millis): Promise<void>
  /** All that is around works again; what was not acknowledged is sent until it is. */
  heal(): Promise<void>
  close(): Promise<void>
}

const startedAt = 1_700_000_000_000

export async function openRun(seed: number): Promise<Run> {
  const draw = createDraw(seed)
  const clock = createManualClock(startedAt)
  const kernelClock = createManualClock(0)
  const pledge = createPledge()
  const trespasses: string[] = []
  const target = createMemoryTarget({
    kernelClock,
    wallClock: clock,
    onStand: ({ target: who }) => {
      if (pledge.isFriend(who.replace("/32", ""))) trespasses.push(`${who} was put in force, and is a friend`)
    },
  })
  const store = await createSqliteStore({ path: ":memory:" })
  await store.record({ policies: [atOnce, proposing, counting, chain] })
  const faults: Faults = { storeRejects: false, allowlistUnreadable: false }
  const deps: HouseDeps = { clock, store, target, faults }
  let house: House = await openHouse(deps)
  const sent: Alert[] = []
  const unacknowledged = new Set<Alert>()
  const acknowledged = new Set<string>()
  const firstSent = new Map<string, { readonly at: Millis; readonly releases: number }>()
  let made = 0

  let reviving: Promise<House> | undefined
  const revive = async () => {
    await house.die()
    house = await openHouse(deps)
    reviving = undefined
    return house
  }
  const alive = async () => {
    if (house.isDead()) reviving ??= revive()
    return reviving ?? house
  }
  // Accused while nothing could be decided: then the end counts from the decision, by the clock that is right then.
  const undecided = new Set<string>()
  const promise = (alert: Alert) => {
    if (acknowledged.has(alert.id)) return
    const { at: since = 0, releases = 0 } = firstSent.get(alert.id) ?? {}
    acknowledged.add(alert.id)
    pledge.stored([alert.id])
    // It may be the third of its kind, or complete a chain.
    if (alert.intent !== "exploitation" && !pledge.isFriend(alert.attacker)) pledge.suspect(alert.attacker)
    if (alert.intent === "exploitation" && !neverBlocked.includes(alert.attacker) && !pledge.isFriend(alert.attacker)) {
      if (releases !== pledge.releases(alert.attacker)) return pledge.unclear(alert.attacker)
      pledge.blocked(alert.attacker, since + blockMs - stepMs)
      if (faults.allowlistUnreadable) undecided.add(alert.attacker)
    }
  }
  const tick = async () => {
    pledge.lapse(clock.now())
    await (await alive()).tick()
  }

  const run: Run = {
    draw,
    pick: (from) => {
      const one = from[draw(from.length)]
      if (one === undefined) throw new Error("there is nothing to pick from")
      return one
    },
    clock,
    store,
    target,
    faults,
    pledge,
    trespasses,
    sent,
    nextAlert: () => ++made,
    isTroubled: () => faults.allowlistUnreadable || faults.storeRejects || unacknowledged.size > 0,
    deliver: async (alerts) => {
      for (const alert of alerts) {
        if (!acknowledged.has(alert.id)) unacknowledged.add(alert)
        // It may have been stored and decided about at any time that it was sent.
        const { at = Number.POSITIVE_INFINITY, releases = pledge.releases(alert.attacker) } =
          firstSent.get(alert.id) ?? {}
        firstSent.set(alert.id, { at: Math.min(clock.now(), at), releases })
      }
      try {
        await (await alive()).operations.ingest(alerts)
      } catch {
        return // The sender keeps them.
      }
      for (const alert of alerts) {
        unacknowledged.delete(alert)
        promise(alert)
      }
    },
    ask: async (question) => {
      for (;;) {
        try {
          return await question((await alive()).operations)
        } catch (error) {
          if (!(error instanceof Killed)) return undefined
        }
      }
    },
    dieAt: (step) => house.dieAt(step),
    pass: async (ms) => {
      clock.advance(ms)
      kernelClock.advance(ms)
      await tick()
    },
    jump: async (ms) => {
      clock.advance(ms)
      for (const address of ms < 0 ? undecided : []) {
        if (!pledge.now().blocked.has(address)) continue
        pledge.unclear(address)
        pledge.blocked(address, clock.now() + blockMs - stepMs)
      }
      await tick()
    },
    heal: async () => {
      Object.assign(faults, { storeRejects: false, allowlistUnreadable: false })
      target.trouble = null
      for (let tries = 0; unacknowledged.size > 0 && tries < 20; tries++) await run.deliver([...unacknowledged])
      ;(await alive()).dieAt(Number.POSITIVE_INFINITY)
      // Longer than a drift check takes to come, and what it finds to be done.
      for (let seconds = 0; seconds < 5; seconds++) await run.pass(11_000)
      undecided.clear()
    },
    close: async () => {
      await house.die()
      await store.close()
    },
  }
  for (const address of neverBlocked) pledge.friend(address, true)
  for (const address of neverBlocked) pledge.free(address)
  const friend = neverBlocked.at(-1) ?? ""
  await run.ask((ops) => ops.allow({ prefix: `${friend}/32` as never, comment: "", expiresAt: null }, operator))
  return run
}
