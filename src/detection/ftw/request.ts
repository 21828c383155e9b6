import type { Latin1 } from "../../core/index.ts"
import type { FtwInput } from "./test-file.ts"

/** The bytes that go-ftw would send for a test's input: headers are completed and form data encoded unless the test says no. */
export function requestBytes(input: FtwInput): Latin1 {
  if (input.encoded_request !== null && input.encoded_request !== undefined) return fromBase64(input.encoded_request)
  const headers = [
    ...Object.entries(input.headers).map(([name, value]) => ({ name, value: value ?? "" })),
    ...input.ordered_headers,
  ]
  const has = (wanted: string) => headers.some(({ name }) => name.toLowerCase() === wanted)
  const headerOf = (wanted: string) => headers.find(({ name }) => name.toLowerCase() === wanted)?.value ?? ""
  let data = dataOf(input)
  if (data !== "" && input.autocomplete_headers) {
    if (!has("content-type")) headers.push({ name: "Content-Type", value: form })
    if (headerOf("content-type") === form) data = encodeForm(data)
  }
  if (headerOf("content-type").includes("multipart/form-data;")) data = data.replaceAll("\n", "\r\n")
  if (input.autocomplete_headers) {
    if (!has("connection")) headers.push({ name: "Connection", value: "close" })
    if (!has("content-length") && (data !== "" || /^POST|PUT|PATCH|DELETE$/.test(input.method)))
      headers.push({ name: "Content-Length", value: String(data.length) })
  }
  const head = headers.map(({ name, value }) => `${bytes(name)}: ${bytes(value)}\r\n`).join("")
  return `${bytes(input.method)} ${bytes(input.uri)} ${bytes(input.version)}\r\n${head}\r\n${data}`
}

const form = "application/x-www-form-urlencoded"

function dataOf({ data, encoded_data }: FtwInput): Latin1 {
  if (encoded_data !== null && encoded_data !== undefined) return fromBase64(encoded_data)
  return bytes(data ?? "")
}

const bytes = (text: string): Latin1 => Buffer.from(text, "utf8").toString("latin1")
const fromBase64 = (text: string): Latin1 => Buffer.from(text, "base64").toString("latin1")

/** Tests write forms as they are meant; those that are encoded already stay as they are. */
function encodeForm(data: Latin1): Latin1 {
  if (/%[0-9a-fA-F]{2}|\+/.test(data)) return data
  // A lone percent sign is an encoding that can't be undone, and go-ftw then sends the data as it is.
  if (data.includes("%")) return data
  return data
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=")
      return equals < 0 ? escaped(pair) : `${escaped(pair.slice(0, equals))}=${escaped(pair.slice(equals + 1))}`
    })
    .join("&")
}

function escaped(text: Latin1): Latin1 {
  return text.replace(/[^A-Za-z0-9_.~-]/g, (byte) =>
    byte === " " ? "+" : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  )
}
