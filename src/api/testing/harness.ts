import { createInProcessBus } from "../../bus/index.ts"
import { createIds, createManualClock, type Role } from "../../core/index.ts"
import { createExplain, createResponder, policySentence } from "../../response/index.ts"
import { createSqliteStore } from "../../store/index.ts"
import { createAccounts } from "../auth/accounts.ts"
import { createApi } from "../server.ts"
import type { ApiOptions } from "../services.ts"

/** A whole API over a store in memory, with a clock that is turned by hand. */
export async function createHarness(options: Partial<ApiOptions> = {}) {
  const clock = createManualClock(1_700_000_000_000)
  const ids = createIds(clock)
  const store = await createSqliteStore({ path: ":memory:" })
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const bus = createInProcessBus({ onError })
  const accounts = createAccounts({ store, clock, ids })
  const responder = createResponder({
    clock,
    ids,
    store,
    bus,
    enforcers: [],
    surroundings: () => [],
    operators: async () => [],
    setIncidentStatus: () => undefined,
  })
  await responder.start()
  const status = async () => ({
    version: "0",
    startedAt: clock.now(),
    sensors: [],
    enforcers: [],
    counts: { alerts: 0, openIncidents: 0, activeCountermeasures: 0 },
  })
  const api = await createApi(
    {
      store,
      bus,
      clock,
      ids,
      accounts,
      decisions: responder,
      explain: createExplain(store),
      policySentence,
      ingest: (alerts) => store.record({ alerts }),
      status,
      metrics: async () => ({ text: "thwart_alerts_total 0\n", contentType: "text/plain" }),
      onError,
    },
    { host: "127.0.0.1", port: 0, tls: null, insecure: false, consoleDir: null, version: "0.0.0", ...options },
  )
  const by = { who: "test", from: null }
  const tokenOf = async (role: Role) => (await accounts.addToken({ name: role, role, expiresAt: null }, by)).secret

  return {
    api,
    app: api.app,
    store,
    bus,
    clock,
    ids,
    accounts,
    errors,
    tokenOf,
    close: async () => {
      await api.close()
      await store.close()
    },
  }
}

export type Harness = Awaited<ReturnType<typeof createHarness>>
