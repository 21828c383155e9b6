import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
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
  readonly netns: string | null
  readonly pledge: Pledge
  readonly target: Target
  readonly standing: () => readonly Standing[]
  readonly trespasses: () => readonly string[]
}

/** A server that is killed and started again, its store and its target, and what it promised. */
export interface World {
  readonly pledge: Pledge
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

export async function createWorld({
  database,
  netns,
  pledge,
  target,
  standing,
  trespasses,
}: WorldOptions): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), "thwart-chaos-"))
  const settings = { dataDir, database, netns }
  let server = await startServer(settings, target)
  const store =
    database === null
      ? await createSqliteStore({ path: join(dataDir, "thwart.db") })
      : await createPostgresStore({ url: database })

  const alive = async () => {
    if (server.isDead()) server = await startServer(settings, target)
    return server
  }
  const look = async () => {
    const [stored, standingNow] = [await storedIn(store), standing()]
    return violations({
      now: clock.now(),
      // The kernel counts whole seconds.
      toleranceMs: 3000,
      store: stored,
      standing: standingNow,
      trespasses: trespasses(),
      promises: pledge.now(),
    })
  }

  return {
    pledge,
    store,
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
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
