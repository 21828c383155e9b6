import type { Accounts } from "../../api/index.ts"
import type { Bus } from "../../bus/index.ts"
import { type Clock, type Ids, parseCidr, prefix } from "../../core/index.ts"
import { type Backtest, createBacktest, createResponder, type Responder, surroundingsOf } from "../../response/index.ts"
import { createSqliteStore, type Store } from "../../store/index.ts"
import { openAsnDatabase } from "../asn-database.ts"
import type { Enforcers } from "../builtins.ts"
import type { Config } from "../config.ts"
import { machineFacts, tagsFrom } from "../node.ts"
import { playbookDirectory, playbooksOf } from "../playbook-tools.ts"
import { createPreview } from "../preview.ts"
import { createResolveHost } from "../resolve-host.ts"
import type { Correlation } from "./correlation.ts"

/** What decides, and what tells how it would have decided. */
export interface Response {
  readonly responder: Responder
  readonly backtest: Backtest
}

export interface ResponseDeps extends Pick<Correlation, "correlator" | "clusterer" | "correlation"> {
  readonly clock: Clock
  readonly ids: Ids
  readonly store: Store
  readonly bus: Bus
  readonly enforcers: Enforcers
  readonly accounts: Accounts
}

/** What was in force before is in force still, when it resolves. */
export async function startResponse(deps: ResponseDeps, config: Config): Promise<Response> {
  const { clock, ids, store, bus, enforcers, accounts, correlator, clusterer, correlation } = deps
  const directory = playbookDirectory(
    [...enforcers.blocking, ...enforcers.quarantining].map(({ id }) => id),
    config.notifications.targets.map(({ name }) => name),
  )
  const preview = createPreview({ enforcers, clock, desired: () => responder.desired() })
  const around = {
    clock,
    store,
    enforcers: enforcers.blocking.map(({ id }) => id),
    quarantiners: enforcers.quarantining,
    protectedNodes: config.protectedNodes,
    tagsOf: tagsFrom(config.nodeTags),
    surroundings: () => [...surroundingsOf(machineFacts), ...listening(config)],
    operators: async () => accounts.operatorAddresses(),
    resolveHost: createResolveHost(),
    asnsOf: config.asnDatabase === null ? undefined : openAsnDatabase(config.asnDatabase),
  }
  const responder: Responder = createResponder({
    ...around,
    ids,
    bus,
    setIncidentStatus: correlator.setStatus,
    reconsider: correlator.reconsider,
    forgetAlert: clusterer.forget,
    playbooks: { files: playbooksOf(config.playbooks, directory), directory, preview },
  })
  const backtest = createBacktest({
    ...around,
    correlate: () => correlation.begin(),
    scratch: () => createSqliteStore({ path: ":memory:" }),
  })
  await responder.start()
  return { responder, backtest }
}

/** The address that the server answers on is never blocked. */
function listening({ listen }: Config) {
  const own = parseCidr(listen.host)
  // The unspecified address stands for all of this node's own, which are protected anyway.
  return own === undefined || own === prefix("0.0.0.0") || own === prefix("::")
    ? []
    : [{ prefix: own, why: "where this server listens" }]
}
