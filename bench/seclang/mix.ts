import type { HttpHeader } from "../../src/core/index.ts"

/** A request as both engines get it; text is bytes. */
export interface MixRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly HttpHeader[]
  readonly body: string
}

export const kinds = ["get", "form", "json"] as const
export type Kind = (typeof kinds)[number]

const counts: Readonly<Record<Kind, number>> = { get: 12, form: 4, json: 4 }
const itemsOfJson = 35

/** Rounds of 20 benign requests, of new values each: 12 browser GETs, 4 forms of 1 KB, 4 JSON bodies of 3 KB with 210 values. */
export function createMix(seed: number): () => Readonly<Record<Kind, readonly MixRequest[]>> {
  const draw = createDraw(seed)
  const makers: Readonly<Record<Kind, () => MixRequest>> = {
    get: () => browse(draw),
    form: () => submit(draw),
    json: () => order(draw),
  }
  const some = (kind: Kind) => Array.from({ length: counts[kind] }, makers[kind])
  return () => ({ get: some("get"), form: some("form"), json: some("json") })
}

interface Draw {
  below(limit: number): number
  word(): string
  words(count: number): string
  hex(length: number): string
}

const vocabulary =
  "quick product shipping address customer summer offer delivery monday blue cotton shirt large small total price discount garden table lamp kitchen wooden steel review great quality would family children holiday train station morning coffee street house number support team invoice payment account settings language region currency results category brand color size material straße café niño".split(
    " ",
  )

function createDraw(seed: number): Draw {
  let state = seed
  const below = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 8) % limit
  }
  const word = () => vocabulary[below(vocabulary.length)] ?? ""
  return {
    below,
    word,
    words: (count) => Array.from({ length: count }, word).join(" "),
    hex: (length) => Array.from({ length }, () => below(16).toString(16)).join(""),
  }
}

const agents = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
]

function browserHeaders({ below, word, hex }: Draw): Readonly<Record<string, string>> {
  return {
    Host: "shop.example.com",
    "User-Agent": agents[below(agents.length)] ?? "",
    Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language": below(2) === 0 ? "en-US,en;q=0.5" : "de-DE,de;q=0.9,en;q=0.7",
    "Accept-Encoding": "gzip, deflate, br",
    Referer: `https://shop.example.com/category/${encodeURIComponent(word())}?page=${below(30)}`,
    Cookie: `session=${hex(32)}; theme=dark; lang=en; cart=${hex(12)}; _ga=GA1.2.${below(1e9)}.${below(1e9)}`,
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Upgrade-Insecure-Requests": "1",
  }
}

function browse(draw: Draw): MixRequest {
  const { below, word, words } = draw
  const query = new URLSearchParams({
    q: words(2),
    page: String(below(40)),
    sort: "price_asc",
    filter: `${word()}, ${word()}`,
    id: String(below(99_999)),
  })
  return request("GET", `/products/${encodeURIComponent(word())}-${below(9999)}?${query}`, browserHeaders(draw), "")
}

function submit(draw: Draw): MixRequest {
  const { below, word, words, hex } = draw
  const form = new URLSearchParams({
    name: words(2),
    email: `${below(9999)}.customer@example.com`,
    phone: `+49 30 ${below(9_999_999)}`,
    street: `${word()} ${below(99)}`,
    city: word(),
    zip: String(below(99_999)),
    comment: `${words(40)}. ${words(40)}!`,
    newsletter: "on",
    csrf: hex(40),
  })
  const headers = { ...browserHeaders(draw), "Content-Type": "application/x-www-form-urlencoded" }
  return request("POST", "/checkout/address", headers, form.toString())
}

function order(draw: Draw): MixRequest {
  const { below, words, hex } = draw
  const items = Array.from({ length: itemsOfJson }, () => ({
    id: below(99_999),
    sku: `SKU-${hex(6)}`,
    name: words(2),
    qty: below(9),
    price: below(9999) / 100,
    gift: below(2) === 1,
  }))
  const headers = { ...browserHeaders(draw), Accept: "application/json", "Content-Type": "application/json" }
  return request("POST", "/api/cart", headers, JSON.stringify({ items }))
}

function request(method: string, target: string, headers: Readonly<Record<string, string>>, body: string): MixRequest {
  const bytes = latin1(body)
  const length = bytes === "" ? {} : { "Content-Length": String(bytes.length) }
  const all = Object.entries({ ...headers, ...length })
  return {
    method,
    target: latin1(target),
    headers: all.map(([name, value]) => ({ name, value: latin1(value) })),
    body: bytes,
  }
}

/** The bytes of a text, as one string of its own: what a parser of the wire hands on. */
const latin1 = (text: string) => Buffer.from(text, "utf8").toString("latin1")

export function wireOf({ method, target, headers, body }: MixRequest): Buffer {
  const head = headers.map(({ name, value }) => `${name}: ${value}\r\n`).join("")
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${head}\r\n${body}`, "latin1")
}
