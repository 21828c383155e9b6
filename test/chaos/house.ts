import { createPipeline } from "../../src/app/pipeline.ts"
import { restoreCorrelation } from "../../src/app/restore.ts"
import { createInProcessBus } from "../../src/bus/index.ts"
import { type Clock, createIds, prefix } from "../../src/core/index.ts"
import { createClusterer, createCorrelator } from "../../src/correlation/index.ts"
import { createReconciler } from "../../src/enforcers/index.ts"
import { createResponder, defaultLimits } from "../../src/response/index.ts"
import type { Store } from "../../src/store/store.ts"
import { killChainRules } from "../support/kill-chain.ts"
import { enforcerWithPoints, storeWithPoints, type Target } from "./points.ts"
import { operator } from "./policies.ts"
import { Killed } from "./process.ts"
import type { Operations } from "./wire.ts"

/** What goes wrong around a house. */
export interface Faults {
  storeRejects: boolean
  allowlistUnreadable: boolean
}

/** The graph in this process, by a clock of the test's, that can be left for dead at any step: nothing of it reaches the outside from then on. */
export interface House {
  readonly operations: Operations
  readonly isDead: () => boolean
  /** It dies at so many steps from now; 0: at the next. */
  dieAt(step: number): void
  /** Resolves when what it had under way has reached the outside, as it has by the time that another process starts. */
  die(): Promise<void>
  /** What happens by itself once a second, and all that follows from it. */
  tick(): Promise<void>
  readonly errors: readonly unknown[]
}

export interface HouseDeps {
  readonly clock: Clock
  readonly store: Store
  readonly target: Target
  readonly faults: Faults
}

export const gateway = "10.0.0.1"

export async function openHouse({ clock, store: real, target, faults }: HouseDeps): Promise<House> {
  let [dead, left] = [false, Number.POSITIVE_INFINITY]
  const errors: unknown[] = []
  const death = Promise.withResolvers<never>()
  death.promise.catch(() => undefined)
  const never = () => new Promise<never>(() => undefined)
  const die = () => {
    dead = true
    death.reject(new Killed("left for dead"))
  }
  const reach = async (point: string) => {
    if (!dead && left-- <= 0) die()
    if (dead) await never()
    if (faults.storeRejects && point.startsWith("before the commit")) throw new Error("the disk is full")
  }
  const underWay = new Set<Promise<unknown>>()
  const outside = <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work)
    const done = () => underWay.delete(work)
    work.then(done, done)
    return work
  }
  const recorder: Store = { ...real, record: (changes) => (dead ? never() : outside(real.record(changes))) }
  const store: Store = {
    ...storeWithPoints(recorder, reach),
    allowlist: async () => {
      if (faults.allowlistUnreadable) throw new Error("the allowlist can't be read")
      return real.allowlist()
    },
  }
  const fenced: Target = {
    observe: async (signal) => (dead ? never() : target.observe(signal)),
    apply: async (operations, signal) => (dead ? never() : outside(target.apply(operations, signal))),
  }
  const onError = (error: unknown) => void errors.push(error)
  const ids = createIds(clock)
  const bus = createInProcessBus({ onError })
  const correlator = createCorrelator(killChainRules)
  const clusterer = createClusterer([])
  await restoreCorrelation(real, { correlator, clusterer }, clock.now())
  const responder = createResponder({
    clock,
    ids,
    store,
    bus,
    onError,
    enforcers: ["target"],
    surroundings: () => [{ prefix: prefix(gateway), why: "a gateway of this node" }],
    operators: async () => [operator.from],
    setIncidentStatus: correlator.setStatus,
    limits: { ...defaultLimits, blocksPerMinute: 1000 },
  })
  await responder.start()
  const pipeline = createPipeline({ clock, store, bus, clusterer, correlator, responder, onError })
  const enforcer = enforcerWithPoints(fenced, reach)
  const { desired, leaving, refusalNow, report } = responder
  const reconciler = createReconciler({ enforcer, clock, desired, leaving, refusalNow, report, onError })
  responder.onDesiredChange(reconciler.kick)
  reconciler.kick()

  const orDead = <T>(work: Promise<T>): Promise<T> => Promise.race([work, death.promise])
  const mortal = <A extends readonly unknown[], R>(operation: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => orDead(operation(...args))
  }
  return {
    operations: {
      ingest: mortal(pipeline.ingest),
      block: mortal(responder.block),
      undo: mortal(responder.undo),
      allow: mortal(responder.allow),
      disallow: mortal(responder.disallow),
      changePolicy: mortal(responder.changePolicy),
      decideRecommendation: mortal(responder.decideRecommendation),
    },
    isDead: () => dead,
    dieAt: (step) => {
      left = step
    },
    die: async () => {
      die()
      void reconciler.stop()
      await Promise.allSettled(underWay)
    },
    tick: () =>
      orDead(
        (async () => {
          pipeline.tick()
          await pipeline.close()
          await responder.sweep().catch(onError)
          reconciler.kick()
          await reconciler.settled()
        })(),
      ).catch((error) => {
        if (!(error instanceof Killed)) throw error
      }),
    errors,
  }
}
