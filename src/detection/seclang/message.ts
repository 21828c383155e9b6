import type { HttpHeader, HttpObservation, Latin1 } from "../../core/index.ts"
import { urlDecode } from "./transformations/decode.ts"

export interface Pair {
  readonly name: Latin1
  readonly value: Latin1
}

// ModSecurity's SecArgumentsLimit.
const maxArguments = 1000
const maxParts = 200

/** `a=1&b=2`, decoded as a form's fields are. */
export function formPairs(text: Latin1): readonly Pair[] {
  if (text === "") return []
  return text
    .split("&", maxArguments)
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=")
      return equals < 0
        ? { name: urlDecode(pair), value: "" }
        : { name: urlDecode(pair.slice(0, equals)), value: urlDecode(pair.slice(equals + 1)) }
    })
}

export function cookiePairs(headers: readonly HttpHeader[]): readonly Pair[] {
  return headers
    .filter(({ name }) => name.toLowerCase() === "cookie")
    .flatMap(({ value }) => value.split(";", maxArguments))
    .map((pair) => {
      const equals = pair.indexOf("=")
      return equals < 0
        ? { name: pair.trim(), value: "" }
        : { name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() }
    })
    .filter(({ name }) => name !== "")
}

export function headerOf(headers: readonly HttpHeader[], wanted: string): Latin1 | undefined {
  return headers.find(({ name }) => name.toLowerCase() === wanted)?.value
}

export interface Body {
  readonly fields: readonly Pair[]
  /** Name of the field → file name. */
  readonly files: readonly Pair[]
}

const nothing: Body = { fields: [], files: [] }

/** The fields of a request's body by its content type: URL-encoded, multipart or JSON; anything else has none. */
export function readBody({ request }: HttpObservation): Body {
  const type = headerOf(request.headers, "content-type") ?? ""
  if (/^application\/x-www-form-urlencoded/i.test(type)) return { fields: formPairs(request.body), files: [] }
  if (/^multipart\/form-data/i.test(type))
    return readMultipart(request.body, /boundary="?([^";,\s]{1,200})/i.exec(type)?.[1])
  if (/^application\/(?:[\w.+-]+\+)?json/i.test(type)) return { fields: jsonPairs(request.body), files: [] }
  return nothing
}

function readMultipart(body: Latin1, boundary: string | undefined): Body {
  if (boundary === undefined) return nothing
  const [fields, files]: [Pair[], Pair[]] = [[], []]
  for (const part of body.split(`--${boundary}`, maxParts).slice(1)) {
    const end = /\r?\n\r?\n/.exec(part)
    if (end === null) continue
    const head = part.slice(0, end.index)
    const value = part.slice(end.index + end[0].length).replace(/\r?\n$/, "")
    const name = /\bname="?([^"\r\n;]{0,1000})/i.exec(head)?.[1] ?? ""
    const file = /\bfilename\*?="?([^"\r\n;]{0,1000})/i.exec(head)?.[1]
    if (file === undefined) fields.push({ name, value })
    else files.push({ name, value: file })
  }
  return { fields, files }
}

// ModSecurity's SecRequestBodyJsonDepthLimit.
const maxDepth = 512

/** Every value of a JSON document as `json.path.to.it`, as ModSecurity names them; none when it is malformed. */
function jsonPairs(body: Latin1): readonly Pair[] {
  let document: unknown
  try {
    document = JSON.parse(body)
  } catch {
    return [] // REQUEST_BODY still holds its bytes.
  }
  const pairs: Pair[] = []
  const visit = (value: unknown, path: string, depth: number) => {
    if (pairs.length >= maxArguments || depth > maxDepth) return
    if (Array.isArray(value)) for (const item of value) visit(item, path, depth + 1)
    else if (typeof value === "object" && value !== null)
      for (const [name, item] of Object.entries(value)) visit(item, `${path}.${name}`, depth + 1)
    else pairs.push({ name: path, value: value === null ? "" : String(value) })
  }
  visit(document, "json", 0)
  return pairs
}
