import { z } from "zod"
import type { HttpHeader, HttpRequest, HttpResponse, Latin1 } from "../../core/index.ts"

const reflection = z.looseObject({
  status: z.number().int().default(200),
  headers: z.record(z.string(), z.coerce.string()).default({}),
  body: z.string().default(""),
  encodedBody: z.string().optional(),
})

/**
 * What the server behind the tests answers, as Albedo does: `/reflect` gives back the status, headers and body that the request's
 * JSON body names, every other path is found.
 */
export function answerTo({ target, body }: HttpRequest): HttpResponse {
  if (!/^\/reflect(?:[/?#]|$)/.test(target)) return response(200, [], "")
  let told: unknown
  try {
    told = JSON.parse(Buffer.from(body, "latin1").toString("utf8"))
  } catch {
    return response(400, [], "invalid JSON")
  }
  const parsed = reflection.safeParse(told)
  if (!parsed.success) return response(400, [], "invalid reflection")
  const { status, headers, body: text, encodedBody } = parsed.data
  return response(
    status,
    Object.entries(headers).map(([name, value]) => ({ name, value })),
    encodedBody === undefined
      ? Buffer.from(text, "utf8").toString("latin1")
      : Buffer.from(encodedBody, "base64").toString("latin1"),
  )
}

function response(status: number, headers: readonly HttpHeader[], body: Latin1): HttpResponse {
  const typed = headers.some(({ name }) => name.toLowerCase() === "content-type")
  return {
    protocol: "HTTP/1.1",
    status,
    reason: "",
    headers: typed ? headers : [...headers, { name: "Content-Type", value: "text/plain; charset=utf-8" }],
    body,
    bodyTruncated: false,
  }
}
