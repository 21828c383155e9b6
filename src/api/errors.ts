import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod"
import { type ErrorCode, ThwartError } from "../core/index.ts"
import type { ApiErrorCode, ErrorBody } from "./contract/index.ts"

/** An answer that is not the one that was asked for. */
export class Refusal extends Error {
  readonly status: number
  readonly code: ApiErrorCode
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, code: ApiErrorCode, message: string, retryAfterSeconds?: number) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export function tooMany(waitMs: number, what: string): Refusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new Refusal(
    429,
    "THROTTLED",
    `${what}; try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}`,
    seconds,
  )
}

const statusOf: Partial<Record<ErrorCode, number>> = {
  THWART_NOT_FOUND: 404,
  THWART_GUARDRAIL_REFUSED: 409,
  THWART_USAGE: 400,
  THWART_ADDRESS_INVALID: 400,
  THWART_PLAYBOOKS_INVALID: 400,
  THWART_STORE_FAILED: 503,
}

// What the framework refuses by itself, in our words: its own change with its version.
const byStatus: Readonly<Record<number, readonly [ApiErrorCode, string]>> = {
  400: ["INVALID", "the body is not JSON that can be taken, or the address has broken escapes"],
  413: ["TOO_LARGE", "the body is too large"],
  414: ["TOO_LARGE", "the address is too long"],
  415: ["UNSUPPORTED_MEDIA_TYPE", "send JSON, with content-type: application/json"],
}

interface Answer {
  readonly status: number
  readonly body: ErrorBody
  readonly retryAfterSeconds?: number | undefined
}

/** One shape for everything that goes wrong: `{error: {code, message, issues?}}`, and never a stack or what is inside the server. */
export function answerErrors(app: FastifyInstance, onError: (error: unknown) => void): void {
  app.setNotFoundHandler((request, reply) => sendError(reply, request, notFound(request)))
  app.setErrorHandler((error, request, reply) => sendError(reply, request, answerTo(error, onError)))
}

export function answerTo(error: unknown, onError: (error: unknown) => void): Answer {
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error.validation)
  if (error instanceof Refusal)
    return { ...plain(error.status, error.code, error.message), retryAfterSeconds: error.retryAfterSeconds }
  const status = (error instanceof ThwartError ? statusOf[error.code] : statusIn(error)) ?? 500
  if (status >= 500) onError(error)
  if (error instanceof ThwartError && status < 500) return plain(status, error.code, error.message)
  if (error instanceof ThwartError && status === 503)
    return plain(status, error.code, "the server can't read or write what it remembers; its log says why")
  if (status >= 500) return plain(500, "INTERNAL", "the server failed; its log says why")
  const [code, message] = byStatus[status] ?? ["INVALID", "the request is refused"]
  return plain(status, code, message)
}

function sendError(reply: FastifyReply, { method }: FastifyRequest, { status, body, retryAfterSeconds }: Answer) {
  if (retryAfterSeconds !== undefined) reply.header("retry-after", retryAfterSeconds)
  if (status === 401) reply.header("www-authenticate", 'Bearer realm="thwart"')
  reply.status(status).type("application/json; charset=utf-8")
  return method === "HEAD" ? reply.send() : reply.send(JSON.stringify(body))
}

function plain(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } }
}

function notFound({ method, url }: FastifyRequest): Answer {
  return plain(404, "NOT_FOUND", `there is no ${method} ${url.slice(0, 200)}`)
}

// A body of a thousand wrong alerts is told by its first mistakes, and a key of a megabyte by its beginning.
const maxIssues = 50
const maxMessage = 300

function invalid(
  validation: readonly { readonly instancePath: string; readonly message?: string | undefined }[],
): Answer {
  const issues = validation.slice(0, maxIssues).map(({ instancePath, message = "invalid" }) => ({
    path: instancePath.slice(1, maxMessage),
    message: message.slice(0, maxMessage),
  }))
  const first = issues[0]
  const message = first === undefined ? "the request is invalid" : `${first.path || "the request"}: ${first.message}`
  return { status: 400, body: { error: { code: "INVALID", message, issues } } }
}

function statusIn(error: unknown): number | undefined {
  // The cast holds for whatever the framework throws; anything else has no such member.
  const status = (error as Partial<FastifyError> | null | undefined)?.statusCode
  return typeof status === "number" && status >= 400 ? status : undefined
}
