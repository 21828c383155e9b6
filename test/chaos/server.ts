// A server as `thwart serve` starts it, that dies where it is told to. Started by process.ts; its settings are its argument.
import { writeSync } from "node:fs"
import { join } from "node:path"
import { defaultConfig } from "../../src/app/config.ts"
import { startThwart } from "../../src/app/start.ts"
import { messageOf, systemClock } from "../../src/core/index.ts"
import { createNftablesEnforcer } from "../../src/enforcers/index.ts"
import { createNft } from "../../src/enforcers/nftables/nft.ts"
import { createPostgresStore, createSqliteStore } from "../../src/store/index.ts"
import { enforcerWithPoints, type Reach, storeWithPoints, type Target } from "./points.ts"
import type { Operations, ServerSettings, ToServer, ToTest } from "./wire.ts"

// The cast holds: process.ts is the only one that starts this.
const settings = JSON.parse(process.argv[2] ?? "") as ServerSettings
const say = (message: ToTest) => process.send?.(message)

let armed: { dieAt: number | null; passed: number } | undefined
const reach: Reach = async (point) => {
  if (armed === undefined) return
  // At once, so that it is told before it dies.
  writeSync(1, `${point}\n`)
  if (armed.passed++ === armed.dieAt) process.kill(process.pid, "SIGKILL")
}

const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
let asked = 0
const ask = (
  message:
    | { readonly kind: "observe" }
    | { readonly kind: "apply"; readonly operations: Parameters<Target["apply"]>[0] },
) =>
  new Promise<unknown>((resolve, reject) => {
    const id = asked++
    waiting.set(id, { resolve, reject })
    say({ ...message, id })
  })
// The casts hold: the test's own target answers.
const remote: Target = {
  observe: () => ask({ kind: "observe" }) as ReturnType<Target["observe"]>,
  apply: (operations) => ask({ kind: "apply", operations }) as ReturnType<Target["apply"]>,
}

const { netns } = settings
const kernel = () => {
  const nft = createNft(netns)
  return createNftablesEnforcer({
    clock: systemClock,
    nft: async (args, input, signal) => {
      if (!args.includes("-f")) return nft(args, input, signal)
      const running = nft(args, input, signal)
      await reach("during nft")
      const said = await running
      await reach("after nft")
      return said
    },
  })
}

const thwart = await startThwart(
  {
    clock: systemClock,
    onError: (error) => process.stderr.write(`${messageOf(error)}\n`),
    enforcers: [netns === null ? enforcerWithPoints(remote, reach) : kernel()],
    openStore: async ({ database }, { dataDir, onError }) =>
      storeWithPoints(
        database === null
          ? await createSqliteStore({ path: join(dataDir, "thwart.db") })
          : await createPostgresStore({ url: database, schema: settings.schema, onError }),
        reach,
      ),
  },
  {
    config: {
      ...defaultConfig,
      listen: { host: "127.0.0.1", port: 0 },
      database: settings.database,
      driftCheckMs: 500,
    },
    dataDir: settings.dataDir,
  },
)

const operations: Operations = { ...thwart.responder, ingest: thwart.ingest }

process.on("message", (message: ToServer) => {
  if (message.kind === "arm") {
    armed = { dieAt: message.dieAt, passed: 0 }
    say({ kind: "answer", id: message.id })
  } else if (message.kind === "target") {
    const one = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error === undefined) one?.resolve(message.value)
    else one?.reject(new Error(message.error))
  } else void answer(message)
})
say({ kind: "ready" })

async function answer({ id, name, args }: Extract<ToServer, { kind: "call" }>): Promise<void> {
  try {
    // The cast holds: process.ts passes on what was given to the same member of the same type.
    const value = await (operations[name] as (...all: readonly unknown[]) => Promise<unknown>)(...args)
    say({ kind: "answer", id, value })
  } catch (error) {
    say({ kind: "answer", id, error: messageOf(error) })
  }
}
