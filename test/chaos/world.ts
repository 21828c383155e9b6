import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import type { Clock } from "../../src/core/index.ts"
import { createPostgresStore, createSqliteStore } from "../../src/store/index.ts"
import type { Store } from "../../src/store/store.ts"
import { violations } from "./invariants.ts"
import type { Target } from "./points.ts"
import { Killed, type Server, startServer } from "./process.ts"
import type { Pledge } from "./promises.ts"
import { storedIn } from "./stored.ts"
import type { Standing } from "./target.ts"
import type { Operations } from "./wire.ts"

export interface WorldOptions {
  readonly database: string | null
  readonly pledge: Pledge
  readonly place: TargetPlace
  /** Where the data folder is made. */
  readonly under?: string
}

/** Where entries stand, and how the test looks at it from outside. */
export interface TargetPlace {
  /** The network namespace whose kernel it is; null: `target`. */
  readonly netns: string | null
  readonly target: Target
  standing(): Promise<readonly Standing[]>
  /** Entries that were put in force against a friend. */
  trespasses(): readonly string[]
  /** Somebody else takes everything away. */
  flush(): void
  close(): void
}

/** A server that is killed and started again, its store and its target, and what it promised. */
export interface World {
  readonly pledge: Pledge
  flush(): void
  standingNow(): Promise<readonly Standing[]>
  /** Read beside the server. */
  readonly store: Store
  server(): Server
  /** Starts the server again if it is gone. */
  revive(): Promise<unknown>
  /** Asks until it is answered, as senders and people do; a server that died is started again first. */
  insist<T>(ask: (operations: Operations) => Promise<T>): Promise<T>
  /** What is still not as it has to be when it had time to become so. */
  settled(): Promise<readonly string[]>
  close(): Promise<void>
}

// Drift checks and sweeps come once a second at most.
const patienceMs = 15_000
const clock: Clock = { now: () => Date.now() }

export async function createWorld({ database, pledge, place, under = tmpdir() }: WorldOptions): Promise<World> {
  const dataDir = mkdtempSync(join(under, "thwart-chaos-"))
  const { netns, target } = place
  const schema = `thwart_chaos_${process.pid}_${basename(dataDir).slice(-6).toLowerCase()}`
  const settings = { dataDir, database, schema, netns }
  let server = await startServer(settings, target)
  const store =
    database === null
      ? await createSqliteStore({ path: join(dataDir, "thwart.db") })
      : await createPostgresStore({ url: database, schema })

  const alive = async () => {
    if (server.isDead()) server = await startServer(settings, target)
    return server
  }
  const look = async () => {
    const stored = await storedIn(store)
    const standing = await place.standing()
    return violations({
      now: clock.now(),
      // The kernel counts whole seconds.
      toleranceMs: 3000,
      store: stored,
      standing,
      trespasses: place.trespasses(),
      promises: pledge.now(),
    })
  }

  return {
    pledge,
    store,
    flush: place.flush,
    standingNow: place.standing,
    server: () => server,
    revive: alive,
    insist: async (ask) => {
      for (;;) {
        try {
          return await ask((await alive()).operations)
        } catch (error) {
          if (!(error instanceof Killed)) throw error
        }
      }
    },
    settled: async () => {
      for (const end = Date.now() + patienceMs; ; await sleep(30)) {
        if (server.isDead()) return []
        const wrong = await look()
        if (wrong.length === 0 || Date.now() > end) return wrong
      }
    },
    close: async () => {
      await server.kill()
      await store.close()
      if (database !== null) await dropSchema(database, schema)
      place.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function dropSchema(database: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  await client.query(`DROP SCHEMA ${schema} CASCADE`)
  await client.end()
}
