import swagger from "@fastify/swagger"
import type { FastifyContextConfig, FastifyInstance } from "fastify"
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod"
import { z } from "zod"
import {
  alert,
  allowlistEntry,
  auditEntry,
  countermeasure,
  incident,
  networkPolicy,
  playbook,
  playbookRun,
  proposal,
  quarantinePolicy,
  recommendation,
} from "../core/index.ts"
import { cookieName } from "./auth/authenticate.ts"
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
  { name: "recommendations", description: "What policies propose, and what people decide about it" },
  { name: "rules", description: "Rules that run here: switches, exceptions, hits, verdicts on alerts" },
  { name: "backtests", description: "What a policy would have done with what is stored" },
  { name: "correlation", description: "Intent and clustering rules, and what they would have made" },
  { name: "vulnerabilities", description: "What scanners know of nodes and images, for intent rules" },
  { name: "playbooks", description: "What is done by itself when something is seen: steps, runs, dry runs" },
  { name: "settings", description: "Policies and the allowlist" },
  { name: "accounts", description: "Users, tokens and the audit log" },
  { name: "notifications", description: "Who is told, and what became of it" },
  { name: "server", description: "State, events, metrics" },
]

/** The OpenAPI document, made from the same schemas that check requests and answers. */
export async function describeApi(app: FastifyInstance, { version, tls }: ApiOptions): Promise<void> {
  const made = { schemaRegistry: components(), zodToJsonConfig: { override: annotate } }
  const transform = createJsonSchemaTransform(made)
  const transformObject = createJsonSchemaTransformObject(made)
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
      return { url, schema: schema.hide === true ? schema : withAnswers(schema, document.route.config ?? {}, url) }
    },
    transformObject: (document) => finish(transformObject(document)),
  })
}

/** Descriptions and examples come from the schemas; `readonly` is our types' word, and would mean "never send this" here. */
function annotate({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: z.core.JSONSchema.BaseSchema }) {
  delete jsonSchema.readOnly
  const { description, examples } = z.globalRegistry.get(zodSchema) ?? {}
  if (description !== undefined) jsonSchema.description = description
  // The cast holds: an example is whatever its schema takes.
  if (Array.isArray(examples)) jsonSchema.examples = examples as NonNullable<typeof jsonSchema.examples>
}

interface Described {
  readonly description?: unknown
  readonly body?: unknown
  readonly response?: unknown
}

/** Adds what the access of a route means for its caller, and what may go wrong. */
function withAnswers(schema: Described, { access, alsoAnswers = [] }: FastifyContextConfig, url: string) {
  const open = access === "public"
  const codes = [
    "400",
    ...(open ? [] : ["401", "403"]),
    ...(url.includes("{") || url.includes(":") ? ["404"] : []),
    ...(schema.body === undefined ? [] : ["413", "415"]),
    "429",
    "500",
    ...alsoAnswers,
  ]
  const needs = open
    ? "Needs no sign-in."
    : access === "signed-in"
      ? "Needs a session or a token."
      : `Needs the role ${access}.`
  return {
    ...schema,
    description: typeof schema.description === "string" ? `${schema.description} ${needs}` : needs,
    security: open ? [] : [{ session: [] }, { token: [] }],
    response: {
      ...Object.fromEntries(codes.map((code) => [code, errorAnswer(code)])),
      ...(typeof schema.response === "object" ? schema.response : {}),
    },
  }
}

const meaning: Readonly<Record<string, string>> = {
  "200": "As asked",
  "201": "Made",
  "202": "Stored",
  "204": "Done",
  "400": "Something in the request is wrong; `issues` says what and where",
  "401": "Not signed in, or no longer",
  "403": "Signed in, but not allowed to do this",
  "404": "There is nothing with this id or name",
  "409": "A guardrail forbids it; the message says which",
  "413": "The body is too large",
  "415": "The body is not JSON",
  "429": "Too much at once; `Retry-After` says when to come back",
  "500": "The server failed (500) or can't reach its store (503); its log says why",
  "503": "There is no place for more at the moment",
}

function errorAnswer(code: string) {
  return {
    description: meaning[code],
    content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
  }
}

interface Document {
  readonly paths?: object
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> }
}

/** Says what each success is, and leaves schemas out that nothing uses. */
function finish<D extends Document>(document: D): D {
  const paths = JSON.parse(JSON.stringify(document.paths), (key, value) =>
    value?.description === "Default Response" ? { ...value, description: meaning[key] } : value,
  )
  const schemas = document.components?.schemas ?? {}
  const used = new Set<string>()
  const use = (part: unknown): void => {
    for (const [, name = ""] of JSON.stringify(part).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      use(schemas[name])
    }
  }
  use([paths, { $ref: "#/components/schemas/StreamEvent" }])
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)))
  return { ...document, paths, components: { ...document.components, schemas: kept } }
}

/** The schemas that have a name of their own in the document; others stand where they are used. */
function components() {
  const registry = z.registry<{ id: string; description?: string }>()
  const named: Readonly<Record<string, readonly [schema: z.ZodType, description: string]>> = {
    Alert: [alert, "One detection on one observation, with every rule that contributed and the bytes that it matched"],
    AllowlistEntry: [allowlistEntry, "What must never be touched"],
    AuditEntry: [auditEntry, "One change that someone made, with what stood there before and after"],
    Countermeasure: [countermeasure, "What to do, to whom, until when, because of what, and what is true of it"],
    Incident: [incident, "An attack in progress: the stages seen so far, in order"],
    Playbook: [playbook, "When this is seen, run these steps"],
    PlaybookRun: [playbookRun, "One run of a playbook: what set it off, and what came of each step"],
    QuarantinePolicy: [quarantinePolicy, "When these are seen so often on a node within this time, act on the node"],
    NetworkPolicy: [networkPolicy, "When these are seen so often within this time, block the attacker"],
    Proposal: [proposal, "One address or node on which a policy wants to act, and what became of it"],
    Recommendation: [recommendation, "What is pending of one policy as one row; null where it differs"],
    Error: [contract.errorBody, "What went wrong"],
    Explanation: [contract.explanation, "From what was asked about back to every byte that led there"],
    IncidentDetail: [contract.incidentDetail, "An incident with all that explains it"],
    Status: [contract.status, "Sensors, enforcers and counts"],
    StreamEvent: [contract.streamEvent, "What stands in `data:` of the event stream"],
    Token: [contract.token, "A token for programs, without its secret"],
    User: [contract.user, "Somebody who may sign in"],
    WhoAmI: [contract.whoAmI, "Whoever asks"],
  }
  for (const [id, [schema, text]] of Object.entries(named)) registry.add(schema, { id, description: text })
  return registry
}
