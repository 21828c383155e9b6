import type { HttpHeader } from "../../../core/index.ts"

/** How the end of a body is told (RFC 9112 §6). */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "fixed"; readonly length: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" }
  /** What follows is another protocol. */
  | { readonly kind: "tunnel" }

type Flaws = (what: string) => void

/** `mayHaveBody` false: whatever the fields say, none follows. */
export function requestFraming(headers: readonly HttpHeader[], flaws: Flaws): Framing {
  return fieldFraming(headers, flaws) ?? { kind: "none" }
}

export function responseFraming(
  headers: readonly HttpHeader[],
  answered: { readonly method: string; readonly status: number },
  flaws: Flaws,
): Framing {
  const { method, status } = answered
  if (status === 101) return { kind: "tunnel" }
  if (method === "CONNECT" && status >= 200 && status < 300) return { kind: "tunnel" }
  if (method === "HEAD" || status === 204 || status === 304 || (status >= 100 && status < 200)) return { kind: "none" }
  return fieldFraming(headers, flaws) ?? { kind: "until-close" }
}

function fieldFraming(headers: readonly HttpHeader[], flaws: Flaws): Framing | undefined {
  const codings = valuesOf(headers, "transfer-encoding")
  const lengths = valuesOf(headers, "content-length")
  if (codings.length > 0 && lengths.length > 0) flaws("Content-Length and Transfer-Encoding both present")
  const length = lengths.length === 0 ? undefined : contentLength(lengths, flaws)
  if (codings.length > 0 && isChunked(codings, flaws)) return { kind: "chunked" }
  if (length === undefined) return undefined
  return length === 0 ? { kind: "none" } : { kind: "fixed", length }
}

function isChunked(values: readonly string[], flaws: Flaws): boolean {
  const codings = values.join(",").split(",").map(trimmed)
  if (values.length > 1) flaws("several Transfer-Encoding fields")
  if (codings.some((coding) => !/^(chunked|gzip|x-gzip|deflate|compress|x-compress|identity)$/.test(coding)))
    flaws("transfer coding unknown")
  const chunked = codings.some((coding) => /\bchunked\b/.test(coding))
  if (!chunked || codings[codings.length - 1] !== "chunked") flaws("last transfer coding not chunked")
  return chunked
}

function contentLength(values: readonly string[], flaws: Flaws): number {
  const [only = ""] = values
  if (values.length === 1 && /^\d{1,15}$/.test(only)) return Number(only)
  const all = values.join(",").split(",").map(trimmed)
  const [first = ""] = all
  if (all.length > 1)
    flaws(all.every((value) => value === first) ? "repeated Content-Length" : "several Content-Length values")
  if (!/^\d+$/.test(first)) flaws("Content-Length not a number")
  const length = Number(/^\+?(\d+)/.exec(first)?.[1] ?? 0)
  if (length <= Number.MAX_SAFE_INTEGER) return length
  flaws("Content-Length too large")
  return Number.MAX_SAFE_INTEGER
}

export function valuesOf(headers: readonly HttpHeader[], name: string): readonly string[] {
  const values: string[] = []
  for (const header of headers)
    if (header.name.length === name.length && header.name.toLowerCase() === name) values.push(header.value)
  return values
}

function trimmed(text: string): string {
  return text.trim().toLowerCase()
}
