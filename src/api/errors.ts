import type { FastifyError, FastifyInstance } from "fastify"
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod"
import { type ErrorCode, messageOf, ThwartError } from "../core/index.ts"

/** An answer that is not the one that was asked for. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, code: string, message: string, retryAfterSeconds?: number) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

const statusOf: Partial<Record<ErrorCode, number>> = {
  THWART_NOT_FOUND: 404,
  THWART_GUARDRAIL_REFUSED: 409,
  THWART_USAGE: 400,
  THWART_ADDRESS_INVALID: 400,
  THWART_STORE_FAILED: 503,
}

/** One shape for everything that goes wrong: `{error: {code, message, issues?}}`, and never a stack. */
export function answerErrors(app: FastifyInstance, onError: (error: unknown) => void): void {
  app.setNotFoundHandler((request, reply) =>
    reply
      .status(404)
      .send({ error: { code: "NOT_FOUND", message: `there is no ${request.method} ${request.url.slice(0, 200)}` } }),
  )
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    if (hasZodFastifySchemaValidationErrors(error)) {
      const issues = error.validation.map(({ instancePath, message }) => ({
        path: instancePath,
        message: message ?? "invalid",
      }))
      const first = issues[0]
      return reply.status(400).send({
        error: {
          code: "INVALID",
          message: first === undefined ? error.message : `${first.path || "the request"}: ${first.message}`,
          issues,
        },
      })
    }
    if (error instanceof Refusal) {
      if (error.retryAfterSeconds !== undefined) reply.header("retry-after", error.retryAfterSeconds)
      return reply.status(error.status).send({ error: { code: error.code, message: error.message } })
    }
    if (error instanceof ThwartError) {
      const status = statusOf[error.code] ?? 500
      if (status >= 500) onError(error)
      return reply
        .status(status)
        .send({ error: { code: error.code, message: status >= 500 ? error.message : messageOf(error) } })
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return reply.status(error.statusCode).send({ error: { code: error.code, message: error.message } })
    }
    onError(error)
    return reply.status(500).send({ error: { code: "INTERNAL", message: "the server failed; its log says why" } })
  })
}
