/** What the service sends and takes. Objects are passed on whole, so that fields which are newer than this code are kept. */
export type Json = Readonly<Record<string, unknown>>

export function record(value: unknown): Json {
  // An object that is no array has string keys; that is all that is said of it.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

export function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(record) : []
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : ""
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : []
}
