import type { HttpObservation, Latin1 } from "../../core/index.ts"
import { cookiePairs, formPairs, type Pair, readBody } from "./message.ts"
import { urlDecode } from "./transformations/decode.ts"

type Read = (observation: HttpObservation, read: (variable: string) => readonly Pair[]) => readonly Pair[]

const one = (value: Latin1 | number | undefined): readonly Pair[] =>
  value === undefined ? [] : [{ name: "", value: String(value) }]
const names = (pairs: readonly Pair[]) => pairs.map(({ name }) => ({ name, value: name }))

const pathOf = (target: Latin1) => target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").split(/[?#]/, 1)[0] ?? ""
const queryOf = (target: Latin1) => {
  const start = target.indexOf("?")
  return start < 0 ? "" : (target.slice(start + 1).split("#", 1)[0] ?? "")
}
const headers = (list: readonly { readonly name: Latin1; readonly value: Latin1 }[] | undefined) =>
  (list ?? []).map(({ name, value }) => ({ name: name.toLowerCase(), value }))

/** Every variable of a transaction, by its name: each gives its values with the names of collection members, and is read at most once. */
export const variables: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["ARGS_GET", ({ request }) => formPairs(queryOf(request.target))],
  ["ARGS_POST", (observation) => readBody(observation).fields],
  ["ARGS", (_, read) => [...read("ARGS_GET"), ...read("ARGS_POST")]],
  ["ARGS_GET_NAMES", (_, read) => names(read("ARGS_GET"))],
  ["ARGS_POST_NAMES", (_, read) => names(read("ARGS_POST"))],
  ["ARGS_NAMES", (_, read) => names(read("ARGS"))],
  ["FILES", (observation) => readBody(observation).files],
  ["FILES_NAMES", (_, read) => names(read("FILES"))],
  ["QUERY_STRING", ({ request }) => one(queryOf(request.target))],
  ["REQUEST_URI", ({ request }) => one(request.target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, ""))],
  ["REQUEST_URI_RAW", ({ request }) => one(request.target)],
  ["REQUEST_FILENAME", ({ request }) => one(urlDecode(pathOf(request.target).replaceAll("+", "%2B")))],
  ["REQUEST_BASENAME", (_, read) => one(/[^/\\]*$/.exec(read("REQUEST_FILENAME")[0]?.value ?? "")?.[0])],
  ["REQUEST_LINE", ({ request }) => one(`${request.method} ${request.target} ${request.protocol}`)],
  ["REQUEST_METHOD", ({ request }) => one(request.method)],
  ["REQUEST_PROTOCOL", ({ request }) => one(request.protocol)],
  ["REQUEST_HEADERS", ({ request }) => headers(request.headers)],
  ["REQUEST_HEADERS_NAMES", (_, read) => names(read("REQUEST_HEADERS"))],
  ["REQUEST_COOKIES", ({ request }) => cookiePairs(request.headers)],
  ["REQUEST_COOKIES_NAMES", (_, read) => names(read("REQUEST_COOKIES"))],
  ["REQUEST_BODY", ({ request }) => one(request.body)],
  ["REQUEST_BODY_LENGTH", ({ request }) => one(request.body.length)],
  ["RESPONSE_STATUS", ({ response }) => one(response?.status)],
  ["RESPONSE_HEADERS", ({ response }) => headers(response?.headers)],
  ["RESPONSE_BODY", ({ response }) => one(response?.body)],
  ["RESPONSE_PROTOCOL", ({ response }) => one(response?.protocol)],
  ["REMOTE_ADDR", ({ source }) => one(source.address)],
  ["REMOTE_PORT", ({ source }) => one(source.port)],
  ["SERVER_ADDR", ({ destination }) => one(destination.address)],
  ["SERVER_PORT", ({ destination }) => one(destination.port)],
])

/** Those that belong to the running of the rules itself. */
export const stateVariables: ReadonlySet<string> = new Set(["TX", "MATCHED_VAR", "MATCHED_VAR_NAME"])
