import { join } from "node:path"
import { type Accounts, type ApiDeps, createApi } from "../../api/index.ts"
import type { Clock, CountermeasureId } from "../../core/index.ts"
import type { QuarantineEnforcer } from "../../enforcers/index.ts"
import { createExplain, policySentence, type Responder } from "../../response/index.ts"
import type { Store } from "../../store/index.ts"
import type { Config } from "../config.ts"
import { announceServer, forgetServer } from "../data-dir.ts"
import type { createMetrics } from "../metrics.ts"
import type { Pipeline } from "../pipeline.ts"
import type { createStatus } from "../status.ts"
import { version } from "../version.ts"

type Given = "decisions" | "playbooks" | "explain" | "policySentence" | "ingest" | "status" | "metrics" | "evidence"

/** What the API shows and offers; what it derives of that is not asked for. */
export interface ApiParts extends Omit<ApiDeps, Given> {
  readonly clock: Clock
  readonly responder: Responder
  readonly pipeline: Pipeline
  readonly status: ReturnType<typeof createStatus>
  readonly metrics: ReturnType<typeof createMetrics>
  readonly quarantining: readonly QuarantineEnforcer[]
}

export function serveApi({ responder, pipeline, status, metrics, quarantining, ...parts }: ApiParts, config: Config) {
  return createApi(
    {
      ...parts,
      decisions: responder,
      playbooks: responder.playbooks,
      explain: createExplain(parts.store),
      policySentence,
      ingest: pipeline.ingest,
      status: status.now,
      metrics: metrics.scrape,
      evidence: (id) => evidenceOf(quarantining, id),
    },
    {
      host: config.listen.host,
      port: config.listen.port,
      tls: config.tls,
      insecure: config.insecure,
      trustedProxies: config.trustedProxies,
      consoleDir: join(import.meta.dirname, "..", "..", "..", "console", "dist"),
      version,
    },
  )
}

/** What any of them found before it acted. */
async function evidenceOf(enforcers: readonly QuarantineEnforcer[], id: CountermeasureId): Promise<unknown> {
  for (const enforcer of enforcers) {
    const found = await enforcer.evidenceOf(id)
    if (found !== undefined) return found
  }
  return undefined
}

export interface LocalAccess {
  readonly url: string
  readonly dataDir: string
  readonly accounts: Accounts
  readonly store: Store
}

const localTokenName = "this machine's command line"

/** A token of this run's own, that only this machine's user can read. */
export async function letCommandLineIn(
  { url, dataDir, accounts, store }: LocalAccess,
  stack: AsyncDisposableStack,
): Promise<void> {
  const by = { who: "system", from: null }
  // A run that was killed left its token behind.
  for (const token of await store.tokens()) if (token.name === localTokenName) await accounts.removeToken(token.id, by)
  const { token, secret } = await accounts.addToken({ name: localTokenName, role: "admin", expiresAt: null }, by)
  announceServer(dataDir, { url, token: secret })
  stack.defer(async () => {
    forgetServer(dataDir)
    await accounts.removeToken(token.id, by)
  })
}
