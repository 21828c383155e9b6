import swagger from "@fastify/swagger"
import type { FastifyInstance } from "fastify"
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod"
import { z } from "zod"
import { alert, allowlistEntry, auditEntry, countermeasure, incident, networkPolicy } from "../core/index.ts"
import { type Access, cookieName } from "./auth/authenticate.ts"
import * as contract from "./contract/index.ts"
import type { ApiOptions } from "./services.ts"

const description = `Every change can be made here that the console or the command line makes: they use nothing else.

- Times are milliseconds since the epoch, lengths of time are milliseconds.
- Lists are \`{items, next}\`, newest first: pass \`next\` as \`cursor\` for the page after; it is null on the last.
- Errors are \`{error: {code, message, issues?}}\`; \`code\` is for programs and stays, \`message\` is for people.
- Programs send \`Authorization: Bearer thw_…\` (\`thwart token create\`); browsers have a session cookie, and may change something only from the console's own page.
- Texts of evidence are bytes: each character stands for one of them (latin1).
- After too many requests or failed sign-ins the answer is 429 with \`Retry-After\` in seconds.`

const tags = [
  { name: "session", description: "Sign in and out" },
  { name: "incidents", description: "Attacks in progress" },
  { name: "alerts", description: "Detections, with the bytes that caused them" },
  { name: "countermeasures", description: "What is blocked, because of what, and whether it is in force" },
  { name: "settings", description: "Policies and the allowlist" },
  { name: "accounts", description: "Users, tokens and the audit log" },
  { name: "server", description: "State, events, metrics" },
]

/** The OpenAPI document, made from the same schemas that check requests and answers. */
export async function describeApi(app: FastifyInstance, { version, tls }: ApiOptions): Promise<void> {
  const schemaRegistry = components()
  const transform = createJsonSchemaTransform({ schemaRegistry })
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Thwart", version, description, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
      tags,
      components: {
        securitySchemes: {
          session: {
            type: "apiKey",
            in: "cookie",
            name: cookieName(tls !== null),
            description: "Set by `POST /api/v1/session`.",
          },
          token: { type: "http", scheme: "bearer", description: "A token made by `POST /api/v1/tokens`." },
        },
      },
    },
    transform: (document) => {
      const { schema, url } = transform(document)
      return { url, schema: schema.hide === true ? schema : withAccess(schema, document.route.config?.access) }
    },
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  })
}

/** Adds what the access of a route means for its caller. */
function withAccess(schema: { readonly description?: unknown; readonly response?: unknown }, access?: Access) {
  const open = access === "public"
  const codes = ["400", ...(open ? [] : ["401", "403"]), "429", "500"]
  const errors = Object.fromEntries(codes.map((code) => [code, errorAnswer(code)]))
  const { description: said, response } = schema
  const needs = open
    ? "Needs no sign-in."
    : access === "signed-in"
      ? "Needs a session or a token."
      : `Needs the role ${access}.`
  return {
    ...schema,
    description: typeof said === "string" ? `${said} ${needs}` : needs,
    security: open ? [] : [{ session: [] }, { token: [] }],
    response: { ...errors, ...(typeof response === "object" ? response : {}) },
  }
}

const meaning: Readonly<Record<string, string>> = {
  "400": "Something in the request is wrong; `issues` says what and where",
  "401": "Not signed in, or no longer",
  "403": "Signed in, but not allowed to do this",
  "429": "Too much at once; `Retry-After` says when to come back",
  "500": "The server failed (500) or can't reach its store (503); its log says why",
}

function errorAnswer(code: string) {
  return {
    description: meaning[code],
    content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
  }
}

/** The schemas that have a name of their own in the document; others stand where they are used. */
function components() {
  const registry = z.registry<{ id: string }>()
  const named: Readonly<Record<string, z.ZodType>> = {
    Alert: alert,
    AllowlistEntry: allowlistEntry,
    AuditEntry: auditEntry,
    Countermeasure: countermeasure,
    Incident: incident,
    NetworkPolicy: networkPolicy,
    Error: contract.errorBody,
    Explanation: contract.explanation,
    IncidentDetail: contract.incidentDetail,
    Status: contract.status,
    StreamEvent: contract.streamEvent,
    Token: contract.token,
    User: contract.user,
    WhoAmI: contract.whoAmI,
  }
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id })
  return registry
}
