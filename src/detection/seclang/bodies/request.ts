import type { HttpRequest, Latin1 } from "../../../core/index.ts"
import type { FormCache } from "../run/form-cache.ts"
import { createKnownValue, createValue, type Value } from "../run/value.ts"
import type { Settings } from "../settings.ts"
import { percentDecode } from "../transformations/url-decode.ts"
import { hasBadEncoding, readPairs } from "./url-encoded.ts"

/** A request's line and headers, each part read once, when it is first asked for. */
export interface RequestView {
  /** Without scheme and host, should the target have them, and with its `%HH` resolved. */
  uri(): Latin1
  /** Its path. */
  filename(): Latin1
  query(): Latin1
  arguments(): readonly Value[]
  badEncoding(): boolean
  headers(): readonly Value[]
  /** The first of that name (in lower case). */
  header(name: string): Latin1 | undefined
  cookies(): readonly Value[]
  /** The name of HTTP basic authentication. */
  user(): Latin1 | undefined
  /** Request line and headers as text. */
  head(): Latin1
}

export function createRequestView(request: HttpRequest, settings: Settings, cache: FormCache): RequestView {
  const uri = once(() => request.target.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/, ""))
  const parts = once(() => {
    const text = uri()
    const question = text.indexOf("?")
    return question < 0 ? { path: text, query: "" } : { path: text.slice(0, question), query: text.slice(question + 1) }
  })
  const headers = once(() => request.headers.map(({ name, value }) => createKnownValue(name, value, cache)))
  const firstByName = once(() => {
    const first = new Map<string, Latin1>()
    for (const { name, value } of request.headers) {
      const lower = name.toLowerCase()
      if (!first.has(lower)) first.set(lower, value)
    }
    return first
  })
  const header = (name: string) => firstByName().get(name)
  return {
    uri: once(() => percentDecode(uri())),
    filename: once(() => percentDecode(parts().path)),
    query: () => parts().query,
    arguments: once(() => readPairs(parts().query, settings)),
    badEncoding: once(() => hasBadEncoding(uri())),
    headers,
    header,
    cookies: once(() =>
      headers().flatMap((value) => (value.key.toLowerCase() === "cookie" ? readCookies(value.text, settings) : [])),
    ),
    user: () => userOf(header("authorization") ?? ""),
    head: once(
      () =>
        `${request.method} ${request.target} ${request.protocol}\r\n${request.headers.map(({ name, value }) => `${name}: ${value}\r\n`).join("")}\r\n`,
    ),
  }
}

/** `a=1; b=2`; nothing is decoded, since cookies have no encoding of their own. What is beyond the limit stays with the last of them. */
function readCookies(text: Latin1, { argumentsLimit }: Settings): readonly Value[] {
  const cookies: Value[] = []
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf(";", at)
    const end = found < 0 || cookies.length === argumentsLimit - 1 ? text.length : found
    const pair = text.slice(at, end).trimStart()
    const equals = pair.indexOf("=")
    if (pair !== "")
      cookies.push(equals < 0 ? createValue(pair, "") : createValue(pair.slice(0, equals), pair.slice(equals + 1)))
    at = end + 1
  }
  return cookies
}

function userOf(authorization: Latin1): Latin1 | undefined {
  const encoded = /^\s*basic\s+([A-Za-z0-9+/]+)/i.exec(authorization)?.[1]
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("latin1").split(":", 1)[0]
}

function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | undefined
  return () => {
    known ??= { value: read() }
    return known.value
  }
}
