import cookie from "@fastify/cookie"
import Fastify, { type FastifyInstance } from "fastify"
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod"
import { authenticate } from "./auth/authenticate.ts"
import { type BacktestDesk, createBacktestDesk } from "./backtests/desk.ts"
import { serveConsole } from "./console.ts"
import { answerErrors, answerTo } from "./errors.ts"
import { createStreams, type Streams } from "./events/streams.ts"
import { harden } from "./harden.ts"
import { listen, refuseInsecure, tlsOf } from "./listen.ts"
import { describeApi } from "./openapi.ts"
import { limitRate } from "./rate-limit.ts"
import { accountRoutes } from "./routes/accounts.ts"
import { alertRoutes } from "./routes/alerts.ts"
import { allowlistRoutes } from "./routes/allowlist.ts"
import { backtestRoutes } from "./routes/backtests.ts"
import { correlationRoutes } from "./routes/correlation.ts"
import { countermeasureRoutes } from "./routes/countermeasures.ts"
import { eventIntakeRoutes } from "./routes/event-intake.ts"
import { eventRuleRoutes } from "./routes/event-rules.ts"
import { eventRoutes } from "./routes/events.ts"
import { incidentNoteRoutes } from "./routes/incident-notes.ts"
import { incidentRoutes } from "./routes/incidents.ts"
import { notificationRoutes } from "./routes/notifications.ts"
import { type OpenRoute, openRoutes } from "./routes/open-routes.ts"
import { playbookRoutes } from "./routes/playbooks.ts"
import { recommendationRoutes } from "./routes/recommendations.ts"
import { ruleRoutes } from "./routes/rules.ts"
import { sessionRoutes } from "./routes/session.ts"
import { settingRoutes } from "./routes/settings.ts"
import { statusRoutes } from "./routes/status.ts"
import { tokenRoutes } from "./routes/tokens.ts"
import { vulnerabilityRoutes } from "./routes/vulnerabilities.ts"
import type { ApiDeps, ApiOptions } from "./services.ts"

export interface Api {
  /** Resolves with the address that it answers on. */
  listen(): Promise<string>
  /** How many event streams are open. */
  watchers(): number
  close(): Promise<void>
  /** For tests that need no socket. */
  readonly app: FastifyInstance
  /** Everything that it answers to, and whom. */
  readonly routes: readonly OpenRoute[]
}

const bodyLimitBytes = 1024 * 1024
// A request that takes longer to arrive comes from somebody who wants to keep the place.
const requestTimeoutMs = 30_000
const maxConnections = 2000
// The longest id is 200 characters, and some of them take three in a path.
const maxParamLength = 600

/** The API, the event stream, metrics and the console on one port. */
export async function createApi(deps: ApiDeps, options: ApiOptions): Promise<Api> {
  refuseInsecure(options)
  const app = createServer(deps, options)
  const routes = openRoutes(app)
  harden(app, options)
  limitRate(app, deps.clock)
  await app.register(cookie)
  authenticate(app, deps.accounts)
  await describeApi(app, options)
  const streams = createStreams(deps, options)
  const desk = createBacktestDesk(deps)
  await app.register(async (scope) => addRoutes(scope, deps, { streams, desk }), { prefix: "/api/v1" })
  statusRoutes(app.withTypeProvider<ZodTypeProvider>(), deps, options)
  await serveConsole(app, options.consoleDir)
  await app.ready()

  return {
    app,
    routes: routes(),
    watchers: streams.count,
    listen: () => listen(app, options),
    close: async () => {
      streams.close()
      await desk.close()
      await app.close()
    },
  }
}

function createServer({ onError }: ApiDeps, options: ApiOptions): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: true,
    trustProxy: [...(options.trustedProxies ?? [])],
    routerOptions: { maxParamLength },
    // Addresses that the router can't even read.
    frameworkErrors: (error, _request, reply) => {
      const { status, body } = answerTo(error, onError)
      // Straight to the socket: nothing of the application has seen this request.
      reply.hijack()
      reply.raw.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body))
    },
    ...tlsOf(options),
    // The cast holds: over TLS the server has another type, with all members that are used here.
  }) as unknown as FastifyInstance
  app.server.maxConnections = maxConnections
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  // A form of another site's page can send text/plain, but never JSON without asking first (CORS).
  app.removeContentTypeParser("text/plain")
  answerErrors(app, onError)
  return app
}

function addRoutes(
  scope: FastifyInstance,
  deps: ApiDeps,
  { streams, desk }: { readonly streams: Streams; readonly desk: BacktestDesk },
): void {
  const app = scope.withTypeProvider<ZodTypeProvider>()
  const groups = [
    sessionRoutes,
    incidentRoutes,
    incidentNoteRoutes,
    alertRoutes,
    countermeasureRoutes,
    allowlistRoutes,
    recommendationRoutes,
    settingRoutes,
    accountRoutes,
    tokenRoutes,
    ruleRoutes,
    notificationRoutes,
    correlationRoutes,
    vulnerabilityRoutes,
    playbookRoutes,
    eventIntakeRoutes,
    eventRuleRoutes,
  ]
  for (const routes of groups) routes(app, deps)
  backtestRoutes(app, deps, desk)
  eventRoutes(app, streams)
}
