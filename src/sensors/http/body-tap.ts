import type { IncomingMessage, ServerResponse } from "node:http"
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib"
import type { HttpHeader, Latin1 } from "../../core/index.ts"

/** What passed by, up to a limit. */
export interface Tapped {
  text(): Latin1
  readonly truncated: boolean
}

interface Tap extends Tapped {
  add(chunk: unknown, encoding: unknown): void
}

export function createTap(limitBytes: number): Tap {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  let truncated = false
  return {
    add: (chunk, encoding) => {
      if (typeof chunk !== "string" && !(chunk instanceof Uint8Array)) return
      const bytes =
        typeof chunk === "string"
          ? Buffer.from(chunk, Buffer.isEncoding(String(encoding)) ? (encoding as BufferEncoding) : "utf8")
          : Buffer.from(chunk)
      const room = limitBytes - sizeBytes
      if (bytes.length > room) truncated = true
      if (room <= 0) return
      chunks.push(bytes.subarray(0, room))
      sizeBytes += Math.min(room, bytes.length)
    },
    text: () => Buffer.concat(chunks).toString("latin1"),
    get truncated() {
      return truncated
    },
  }
}

/**
 * Reads along with the application: what it pulls from the request is kept up to the limit, and nothing is taken from it.
 * A body that the application never reads is not seen.
 */
export function tapRequest(request: IncomingMessage, limitBytes: number): Tapped {
  const tap = createTap(limitBytes)
  const push = request.push.bind(request)
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk !== null) tap.add(chunk, encoding)
    return push(chunk, encoding)
  }
  return tap
}

/** Writes along with the application. */
export function tapResponse(response: ServerResponse, limitBytes: number): Tapped {
  const tap = createTap(limitBytes)
  const { write, end } = response
  // The casts hold: the arguments go on as they came, and only the first two are looked at.
  response.write = function (this: ServerResponse, ...args: unknown[]) {
    tap.add(args[0], args[1])
    return write.apply(this, args as Parameters<typeof write>)
  } as typeof write
  response.end = function (this: ServerResponse, ...args: unknown[]) {
    tap.add(args[0], args[1])
    return end.apply(this, args as Parameters<typeof end>)
  } as typeof end
  return tap
}

/** The body without its content coding (gzip, deflate, br), as far as the limit goes; as it is when it can't be decoded. */
export function decoded(body: Latin1, coding: string | undefined, limitBytes: number): Latin1 {
  const decoders = { gzip: gunzipSync, "x-gzip": gunzipSync, deflate: inflateSync, br: brotliDecompressSync }
  const name = coding?.trim().toLowerCase() ?? ""
  if (!Object.hasOwn(decoders, name)) return body
  try {
    const decode = decoders[name as keyof typeof decoders]
    return decode(Buffer.from(body, "latin1"), { maxOutputLength: limitBytes }).toString("latin1")
  } catch {
    return body // A bomb, a truncated stream or a lie: the bytes themselves are still looked at.
  }
}

/** `rawHeaders` and the like: names and values in turn. */
export function headerPairs(raw: readonly string[]): readonly HttpHeader[] {
  const pairs: HttpHeader[] = []
  for (let index = 0; index + 1 < raw.length; index += 2)
    pairs.push({ name: raw[index] ?? "", value: raw[index + 1] ?? "" })
  return pairs
}

export function responseHeaders(response: ServerResponse): readonly HttpHeader[] {
  return Object.entries(response.getHeaders()).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: String(one ?? "") })),
  )
}
