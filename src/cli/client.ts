import type { z } from "zod"
import { errorBody } from "../api/contract/index.ts"
import { ThwartError } from "../core/index.ts"

export interface Client {
  get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>>
  send<S extends z.ZodType>(
    method: "POST" | "PATCH" | "PUT" | "DELETE",
    path: string,
    body: unknown,
    schema: S,
  ): Promise<z.output<S>>
  /** The event stream, a frame's data at a time. */
  events(signal: AbortSignal): AsyncGenerator<string>
}

const timeoutMs = 30_000

/** Speaks with a server's API; every failure says what to do. */
export function createClient({
  url,
  token,
  fetch,
}: {
  readonly url: string
  readonly token: string
  readonly fetch: typeof globalThis.fetch
}): Client {
  const call = async (method: string, path: string, body: unknown, signal: AbortSignal) => {
    let response: Response
    try {
      response = await fetch(`${url.replace(/\/$/, "")}/api/v1${path}`, {
        method,
        signal,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (cause) {
      throw new ThwartError(
        "THWART_API_UNREACHABLE",
        `no server answers at ${url}; start one with "thwart serve", or name another with --server`,
        { cause },
      )
    }
    if (response.ok) return response
    const said = errorBody.safeParse(await response.json().catch(() => undefined))
    throw new ThwartError(
      "THWART_API_REFUSED",
      said.success
        ? `${said.data.error.message} (${said.data.error.code})`
        : `the server answered ${response.status} to ${method} ${path}`,
    )
  }
  const parsed = async <S extends z.ZodType>(response: Response, schema: S) => {
    const answer: unknown = response.status === 204 ? null : await response.json()
    const result = schema.safeParse(answer)
    if (result.success) return result.data
    throw new ThwartError(
      "THWART_API_REFUSED",
      `the server at ${url} gave an answer that this version does not understand; are both of the same version?`,
      { cause: result.error },
    )
  }

  return {
    get: async (path, schema) => parsed(await call("GET", path, undefined, AbortSignal.timeout(timeoutMs)), schema),
    send: async (method, path, body, schema) =>
      parsed(await call(method, path, body, AbortSignal.timeout(timeoutMs)), schema),
    events: async function* (signal) {
      const response = await call("GET", "/events", undefined, signal)
      let text = ""
      for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
        text += chunk
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1]
          text = text.slice(end + 2)
          if (data !== undefined) yield data
        }
      }
    },
  }
}
