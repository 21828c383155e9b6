import { readFileSync } from "node:fs"
import { isIP } from "node:net"
import cookie from "@fastify/cookie"
import swagger from "@fastify/swagger"
import Fastify, { type FastifyInstance } from "fastify"
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod"
import { ThwartError } from "../core/index.ts"
import { authenticate, cookieName } from "./auth/authenticate.ts"
import { serveConsole } from "./console.ts"
import { answerErrors, Refusal } from "./errors.ts"
import { accountRoutes } from "./routes/accounts.ts"
import { alertRoutes } from "./routes/alerts.ts"
import { countermeasureRoutes } from "./routes/countermeasures.ts"
import { type Events, eventRoutes } from "./routes/events.ts"
import { incidentRoutes } from "./routes/incidents.ts"
import { sessionRoutes } from "./routes/session.ts"
import { settingRoutes } from "./routes/settings.ts"
import { statusRoutes } from "./routes/status.ts"
import type { ApiDeps, ApiOptions } from "./services.ts"

export interface Api {
  /** Resolves with the address that it answers on. */
  listen(): Promise<string>
  /** How many event streams are open. */
  watchers(): number
  close(): Promise<void>
  /** For tests that need no socket. */
  readonly app: FastifyInstance
}

const bodyLimitBytes = 1024 * 1024
const requestTimeoutMs = 30_000

/** The API, the event stream, metrics and the console on one port. */
export async function createApi(deps: ApiDeps, options: ApiOptions): Promise<Api> {
  const secure = options.tls !== null
  refuseInsecure(options)
  const app = Fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: true,
    ...tlsOf(options),
  }).withTypeProvider<ZodTypeProvider>() as unknown as FastifyInstance
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  answerErrors(app, deps.onError)
  harden(app, options)
  await app.register(cookie)
  authenticate(app, deps.accounts, { secure })
  await app.register(swagger, { openapi: describe(options.version, secure), transform: jsonSchemaTransform })

  let events: Events | undefined
  await app.register(
    async (scope) => {
      const typed = scope.withTypeProvider<ZodTypeProvider>()
      sessionRoutes(typed, deps, { secure })
      for (const routes of [alertRoutes, incidentRoutes, countermeasureRoutes, settingRoutes, accountRoutes])
        routes(typed, deps)
      events = eventRoutes(typed, deps)
      typed.get("/openapi.json", { config: { access: "public" }, schema: { hide: true } }, async () => app.swagger())
    },
    { prefix: "/api/v1" },
  )
  statusRoutes(app.withTypeProvider<ZodTypeProvider>(), deps)
  await serveConsole(app, options.consoleDir)

  return {
    app,
    watchers: () => events?.watchers() ?? 0,
    listen: async () => {
      try {
        return await app.listen({ host: options.host, port: options.port })
      } catch (cause) {
        throw new ThwartError(
          "THWART_LISTEN_FAILED",
          `can't listen on ${options.host}:${options.port}; is another Thwart running there? Choose another with --port`,
          { cause },
        )
      }
    },
    close: async () => {
      events?.close()
      await app.close()
    },
  }
}

const loopback = new Set(["localhost", "127.0.0.1", "::1"])

function refuseInsecure({ host, tls, insecure }: ApiOptions): void {
  if (loopback.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host) || tls !== null || insecure) return
  throw new ThwartError(
    "THWART_LISTEN_INSECURE",
    `${host} is not loopback: give --tls-cert and --tls-key, or --insecure if something in front of it does the encryption`,
  )
}

function tlsOf({ tls }: ApiOptions) {
  if (tls === null) return {}
  try {
    return { https: { cert: readFileSync(tls.cert), key: readFileSync(tls.key) } }
  } catch (cause) {
    throw new ThwartError("THWART_FILE_UNREADABLE", `the certificate ${tls.cert} or its key ${tls.key} can't be read`, {
      cause,
    })
  }
}

function harden(app: FastifyInstance, { host, tls }: ApiOptions): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "x-frame-options": "DENY",
      "content-security-policy":
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      ...(request.url.startsWith("/api/") ? { "cache-control": "no-store" } : {}),
      ...(tls === null ? {} : { "strict-transport-security": "max-age=31536000" }),
    })
    // A page of another site can make its own name point at 127.0.0.1 (DNS rebinding); then the name gives it away.
    if (loopback.has(host) && !isLocalName(request.hostname))
      throw new Refusal(
        403,
        "FORGED",
        `this server answers on loopback alone, not as "${request.hostname.slice(0, 100)}"`,
      )
  })
}

function isLocalName(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "")
  return loopback.has(bare) || (isIP(bare) === 4 && bare.startsWith("127."))
}

function describe(version: string, secure: boolean) {
  return {
    openapi: "3.1.0",
    info: {
      title: "Thwart",
      version,
      description:
        "Times are milliseconds since the epoch. Lists are `{items, next}`: pass `next` as `cursor` for the page after. Errors are `{error: {code, message, issues?}}`.",
    },
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: cookieName(secure) } as const,
        token: { type: "http", scheme: "bearer" } as const,
      },
    },
    security: [{ session: [] }, { token: [] }],
  }
}
