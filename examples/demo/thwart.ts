import { configSchema } from "../../src/app/config.ts"
import { startThwart } from "../../src/app/start.ts"
import { address, type Incident, type Policy, prefix, systemClock } from "../../src/core/index.ts"
import { enableLinearRegexFallback } from "../../src/detection/index.ts"
import { createHttpEnforcer } from "../../src/enforcers/index.ts"
import { createGuard } from "../../src/sensors/http/index.ts"

export interface DemoOptions {
  readonly dataDir: string
  /** Undefined: 8470, or any free one when that is taken. */
  readonly port: number | undefined
}

/** The server with its console, and the guard of an application, in one process. */
export async function startGuardedThwart({ dataDir, port }: DemoOptions) {
  enableLinearRegexFallback()
  const onError = (error: unknown) => console.error("thwart:", error)
  const list = createHttpEnforcer({ clock: systemClock })
  const start = (on: number) => {
    const config = configSchema.parse({ listen: { port: on }, node: { name: "corner-shop" } })
    return startThwart(
      { clock: systemClock, onError, enforcers: [list], otherSensors: () => [{ id: "http", status: guard.status() }] },
      { config, dataDir },
    )
  }
  const thwart = await start(port ?? 8470).catch((error: unknown) =>
    port === undefined ? start(0) : Promise.reject(error),
  )
  const guard = createGuard(
    {
      detector: thwart.detector,
      clock: systemClock,
      ids: thwart.ids,
      node: thwart.node,
      blockOf: list.blockOf,
      onAlert: (alert) => void thwart.ingest([alert]).catch(onError),
      onError,
    },
    { trustedProxies: [prefix("127.0.0.0/8")] },
  )
  const incidentsOf = async (attacker: string) => (await thwart.store.incidents({ attacker: address(attacker) })).items

  return {
    url: thwart.url,
    guard,
    watchers: thwart.watchers,
    ingest: thwart.ingest,
    putPolicy: (policy: Policy) => thwart.responder.changePolicy(policy, { who: "system", from: null }),
    blocked: thwart.responder.desired,
    signInLink: (name = "admin") => `${thwart.url}/sign-in#token=${thwart.accounts.createLink(name)}`,
    accounts: thwart.accounts,
    /** When the guard's list held this address for the first time; undefined while it does not. */
    blockOf: async (attacker: string): Promise<number | undefined> => {
      const { items } = await thwart.store.countermeasures({ limit: 100 })
      const reports = items
        .filter((one) => one.action === "block" && one.target === prefix(attacker))
        .flatMap((countermeasure) => countermeasure.reports)
      return reports.find(({ state }) => state === "applied")?.since
    },
    incidentOf: async (attacker: string): Promise<Incident | undefined> => (await incidentsOf(attacker))[0],
    incidentsOf,
    stop: async () => {
      guard.close()
      await thwart.stop()
    },
  }
}
