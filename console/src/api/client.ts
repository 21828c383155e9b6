import type { ErrorBody } from "../../../src/api/contract/index.ts"

/** What the server answered instead of what was asked for; `message` is for people. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export async function api<T>(
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
): Promise<T> {
  let response: Response
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    })
  } catch {
    throw new ApiError(
      0,
      "UNREACHABLE",
      "The server does not answer. It may be restarting; this page tries again by itself.",
    )
  }
  if (response.status === 204) return null as T
  const answer: unknown = await response.json().catch(() => undefined)
  // The casts hold: the server checks its answers against the same contract.
  if (response.ok) return answer as T
  const error = (answer as ErrorBody | undefined)?.error
  throw new ApiError(
    response.status,
    error?.code ?? "UNKNOWN",
    error?.message ?? `The server answered ${response.status}.`,
  )
}
