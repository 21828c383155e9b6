import type { LightMyRequestResponse } from "fastify"
import { killChainRules } from "../../../test/support/kill-chain.ts"
import { createInProcessBus } from "../../bus/index.ts"
import { createIds, createManualClock, type Role, type User } from "../../core/index.ts"
import { createKnownVulnerabilities } from "../../correlation/index.ts"
import { createRulePolicy, type RuleSummary } from "../../detection/index.ts"
import { createNotifications, notificationsConfig } from "../../notifications/index.ts"
import { createBacktest, createExplain, createResponder, policySentence } from "../../response/index.ts"
import { createSqliteStore } from "../../store/index.ts"
import { createAccounts } from "../auth/accounts.ts"
import { cookieName } from "../auth/authenticate.ts"
import { hashPassword } from "../auth/secrets.ts"
import { createCorrelationBook } from "../correlation/correlation-book.ts"
import { createEventRuleBook } from "../event-rules/event-rule-book.ts"
import { createRuleBook } from "../rules/rule-book.ts"
import { createApi } from "../server.ts"
import type { ApiDeps, ApiOptions } from "../services.ts"
import { createVulnerabilityBook } from "../vulnerabilities/vulnerability-book.ts"

/** A whole API over a store in memory, with a clock that is turned by hand. */
export async function createHarness(
  options: Partial<ApiOptions> = {},
  instead: Partial<ApiDeps> = {},
  enforcers: readonly string[] = ["test"],
  targets: readonly object[] = [],
) {
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
    enforcers,
    surroundings: () => [],
    operators: async () => [],
    setIncidentStatus: () => undefined,
  })
  await responder.start()
  const policy = createRulePolicy(clock)
  const rules = createRuleBook({ store, clock, ids, policy, rules: sampleRules })
  await rules.start()
  const notifications = createNotifications(
    { store, clock, ids, env: {}, readFile: () => "", fetch, random: Math.random, onError },
    notificationsConfig.parse({ targets }),
  )
  const known = createKnownVulnerabilities()
  const vulnerabilities = createVulnerabilityBook({ store, clock, ids, known })
  const running = { rules: killChainRules, clusters: [] }
  const correlation = createCorrelationBook({ store, clock, facts: known, running })
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
      playbooks: responder.playbooks,
      rules,
      notifications,
      vulnerabilities,
      correlation,
      explain: createExplain(store),
      backtest: createBacktest({
        clock,
        store,
        enforcers,
        surroundings: () => [],
        operators: async () => [],
        correlate: () => correlation.begin(),
        scratch: () => createSqliteStore({ path: ":memory:" }),
      }),
      policySentence,
      evidence: async () => undefined,
      ingest: (alerts) => store.record({ alerts }),
      eventRules: createEventRuleBook({
        ids,
        loaded: { rules: [], places: new Map() },
        states: rules,
        read: async () => ({ events: [], unread: [] }),
      }),
      eventIntake: { take: async () => ({ read: 0, alerts: 0, unread: 0, skipped: [] }) },
      status,
      metrics: async () => ({ text: "thwart_alerts_total 0\n", contentType: "text/plain" }),
      onError,
      ...instead,
    },
    { host: "127.0.0.1", port: 0, tls: null, insecure: false, consoleDir: null, version: "0.0.0", ...options },
  )
  const by = { who: "test", from: null }
  const tokenOf = async (role: Role) => (await accounts.addToken({ name: role, role, expiresAt: null }, by)).secret

  /** Somebody with this password, hashed cheaply: hashes carry their own cost. */
  const addUser = async (name: string, role: Role, fields: Partial<User> = {}) => {
    const passwordHash = await hashPassword(password, { N: 16, r: 1, p: 1 })
    const user = { name, role, passwordHash, mustChangePassword: false, createdAt: clock.now(), disabled: false }
    await store.record({ users: [{ ...user, ...fields }] })
  }
  const signIn = (name: string, text = password, headers: Record<string, string> = {}) =>
    api.app.inject({
      method: "POST",
      url: "/api/v1/session",
      headers: { host, ...headers },
      payload: { name, password: text },
    })
  /** The headers of somebody's browser. */
  const browserOf = async (name: string) => ({ host, cookie: cookieOf(await signIn(name)) })

  return {
    api,
    app: api.app,
    addUser,
    signIn,
    browserOf,
    store,
    bus,
    clock,
    ids,
    policy,
    known,
    responder,
    accounts,
    errors,
    tokenOf,
    close: async () => {
      await api.close()
      await notifications.stop()
      await store.close()
    },
  }
}

/** A rule of each kind. */
export const sampleRules: readonly RuleSummary[] = (
  [
    ["942100", "SQL injection", 2, "inbound", false],
    ["942110", "SQL injection, more of it", 2, "inbound", false],
    ["950100", "The answer is an error page", 4, "outbound", false],
    ["901001", "", 1, "inbound", true],
    ["thwart/path-scan", "Many paths were tried", null, "inbound", false],
  ] as const
).map(([id, message, phase, direction, bookkeeping]) => ({
  id,
  message,
  phase,
  direction,
  bookkeeping,
  file: "rules/942-sqli.conf",
  line: 1,
  tags: phase === 2 ? ["attack-sqli", "paranoia-level/1"] : [],
  severity: "high",
  paranoia: phase === 2 ? 1 : null,
  group: phase === null ? "built in" : phase === 4 ? "950-answers" : "942-sqli",
}))

export const password = "correct horse battery"
export const host = "127.0.0.1:8470"

/** The session that an answer sets, as the browser sends it back. */
export function cookieOf(answer: Pick<LightMyRequestResponse, "cookies">, secure = false): string {
  const name = cookieName(secure)
  return `${name}=${answer.cookies.find((cookie) => cookie.name === name)?.value}`
}

export type Harness = Awaited<ReturnType<typeof createHarness>>
