import type { ServerResponse } from "node:http"
import type { HttpHeader } from "../../core/index.ts"
import { createTap, type Tapped } from "./tap.ts"

export interface ResponseTap extends Tapped {
  headers(): readonly HttpHeader[]
}

/** Writes along with the application, and alters nothing. */
export function tapResponse(response: ServerResponse, limitBytes: number): ResponseTap {
  const tap = createTap(limitBytes)
  const { write, end, writeHead } = response
  let head: readonly HttpHeader[] = []
  // The casts hold: the arguments go on as they came, and are only looked at.
  response.write = function (this: ServerResponse, ...args: unknown[]) {
    tap.add(args[0], args[1])
    return write.apply(this, args as Parameters<typeof write>)
  } as typeof write
  response.end = function (this: ServerResponse, ...args: unknown[]) {
    tap.add(args[0], args[1])
    return end.apply(this, args as Parameters<typeof end>)
  } as typeof end
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    head = pairsIn(args.find((argument) => typeof argument === "object" && argument !== null))
    return writeHead.apply(this, args as Parameters<typeof writeHead>)
  } as typeof writeHead
  return {
    bytes: tap.bytes,
    get truncated() {
      return tap.truncated
    },
    // Headers given to writeHead alone are not among those that the response tells of.
    headers: () => {
      const given = new Set(head.map(({ name }) => name.toLowerCase()))
      return [...pairsIn(response.getHeaders()).filter(({ name }) => !given.has(name.toLowerCase())), ...head]
    },
  }
}

/** `rawHeaders` and the like: names and values in turn. */
export function headerPairs(raw: readonly unknown[]): readonly HttpHeader[] {
  const pairs: HttpHeader[] = []
  for (let index = 0; index + 1 < raw.length; index += 2)
    pairs.push({ name: String(raw[index]), value: String(raw[index + 1]) })
  return pairs
}

/** In each of the three forms that `writeHead` takes: an object, names and values in turn, or a list of pairs. */
function pairsIn(headers: unknown): readonly HttpHeader[] {
  if (typeof headers !== "object" || headers === null) return []
  if (Array.isArray(headers)) return headerPairs(headers.some(Array.isArray) ? headers.flat() : headers)
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: String(one ?? "") })),
  )
}
