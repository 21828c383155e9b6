import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import type { HttpObservation } from "../../core/index.ts"
import { type Observed, observe } from "./testing/observe.ts"
import { type ConversationOptions, conversation, frames, pcap } from "./testing/packets.ts"

const talk = (turns: readonly (Buffer | string)[], options: ConversationOptions = {}): Promise<Observed> =>
  observe(pcap(frames(conversation(turns, options))))

async function only(turns: readonly (Buffer | string)[], options: ConversationOptions = {}): Promise<HttpObservation> {
  const { transactions } = await talk(turns, options)
  const [transaction] = transactions
  if (transaction === undefined || transactions.length > 1) throw new Error(`${transactions.length} transactions`)
  return transaction
}

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
const lines = (...all: readonly string[]) => `${all.join("\r\n")}\r\n\r\n`

describe("a transaction", () => {
  it("is told as it went over the wire", async () => {
    const transaction = await only([
      "POST /a%20b?q='1 HTTP/1.1\r\nHost: shop.example\r\nX-Empty:\r\nX-Twice: 1\r\nx-twice:  2 \r\nContent-Length: 5\r\n\r\nh\xe4\x00\xff!",
      "HTTP/1.0 404 Not Found At All\r\nContent-Length: 3\r\n\r\nno!",
    ])
    expect(transaction).toMatchObject({
      kind: "http",
      request: {
        method: "POST",
        target: "/a%20b?q='1",
        protocol: "HTTP/1.1",
        headers: [
          { name: "Host", value: "shop.example" },
          { name: "X-Empty", value: "" },
          { name: "X-Twice", value: "1" },
          { name: "x-twice", value: "2" },
          { name: "Content-Length", value: "5" },
        ],
        body: "h\xe4\x00\xff!",
        bodyTruncated: false,
      },
      response: { protocol: "HTTP/1.0", status: 404, reason: "Not Found At All", body: "no!", bodyTruncated: false },
      malformed: [],
    })
  })

  it("pairs each pipelined request with its response", async () => {
    const requests = [1, 2, 3].map((n) => `GET /${n} HTTP/1.1\r\nHost: a\r\n\r\n`).join("")
    const responses = [1, 2, 3].map((n) => `HTTP/1.1 20${n} X\r\nContent-Length: 1\r\n\r\n${n}`).join("")
    for (const segmentBytes of [1, 10, 1460]) {
      const { transactions } = await talk([requests, responses], { segmentBytes })
      expect(transactions.map(({ request, response }) => [request.target, response?.status, response?.body])).toEqual([
        ["/1", 201, "1"],
        ["/2", 202, "2"],
        ["/3", 203, "3"],
      ])
    }
  })

  it("passes over interim responses", async () => {
    const { response } = await only([
      "PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n",
      "ab",
      `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${ok}`,
    ])
    expect(response).toMatchObject({ status: 200, body: "ok" })
  })

  const bodiless: readonly (readonly [string, string, string])[] = [
    ["the answer to HEAD", "HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"],
    ["204", get, "HTTP/1.1 204 No Content\r\nContent-Length: 100\r\n\r\n"],
    ["304", get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n"],
  ]
  it("has no body where there can't be one, whatever the fields say", async () => {
    expect(bodiless).toHaveLength(3)
    for (const [name, request, response] of bodiless) {
      const { transactions } = await talk([request, response, get, ok])
      expect(
        transactions.map((one) => one.response?.body),
        name,
      ).toEqual(["", "ok"])
    }
  })

  it("may have a response that ends with the connection", async () => {
    const { response } = await only([get, "HTTP/1.0 200 OK\r\n\r\nall of it"])
    expect(response).toMatchObject({ body: "all of it", bodyTruncated: false })
  })

  it("ends where another protocol takes over", async () => {
    const upgrade = lines("GET /chat HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade")
    const switched = lines("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket")
    const tunnels: readonly (readonly [string, string])[] = [
      [upgrade, switched],
      [lines("CONNECT evil.example:443 HTTP/1.1"), lines("HTTP/1.1 200 Connection established")],
    ]
    expect(tunnels).toHaveLength(2)
    for (const [ask, answer] of tunnels) {
      const { transactions, skipped } = await talk([ask, answer, get, ok, "\x81\x05hello", "\x81\x05world"])
      expect(transactions).toHaveLength(1)
      expect(skipped).toEqual({})
    }
  })

  it("goes on after a CONNECT that was refused", async () => {
    const { transactions } = await talk([
      lines("CONNECT a:1 HTTP/1.1"),
      lines("HTTP/1.1 403 No", "Content-Length: 0"),
      get,
      ok,
    ])
    expect(transactions.map(({ response }) => response?.status)).toEqual([403, 200])
  })

  it("is given on without a response that never came", async () => {
    expect(await only([get])).toMatchObject({ request: { method: "GET" }, response: null, malformed: [] })
  })

  it("is given on as far as it came", async () => {
    const cut: readonly (readonly [string, string | null, string])[] = [
      ["GET /only-the-line?a=1 HTTP/1.1", "/only-the-line?a=1", "header block ended early"],
      ["GET /half HTTP/1.1\r\nHost: a\r\nX-Half: y", "/half", "header block ended early"],
      ["POST /body HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf", "/body", "body ended early"],
    ]
    expect(cut).toHaveLength(3)
    for (const [text, target, flaw] of cut) {
      const transaction = await only([text])
      expect(transaction, text).toMatchObject({ request: { target, bodyTruncated: true }, malformed: [flaw] })
    }
  })
})

describe("a chunked body", () => {
  const post = (chunks: string, extra = "") =>
    `POST / HTTP/1.1\r\nHost: a\r\n${extra}Transfer-Encoding: chunked\r\n\r\n${chunks}`
  const whole: readonly (readonly [string, string, readonly string[]])[] = [
    ["plain", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", []],
    ["with extensions", '3;name="v;al"\r\nabc\r\n2 ;x\r\nde\r\n0;last\r\n\r\n', []],
    ["with trailers", "5\r\nabcde\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n", []],
    ["with leading zeros and capitals", "00000000000000000003\r\nabc\r\n002\r\nde\r\n0000\r\n\r\n", []],
    ["with bare LF", "3\nabc\n2\nde\n0\n\n", ["line ended by a bare LF"]],
    ["without a line end after the data", "3\r\nabc2\r\nde\r\n0\r\n\r\n", ["chunk data not followed by a line end"]],
    ["with something behind the size", "3 x\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", ["chunk size followed by something else"]],
  ]
  it("is put together, and what is wrong with it told", async () => {
    expect(whole).toHaveLength(7)
    for (const [name, chunks, flaws] of whole) {
      for (const segmentBytes of [1, 2, 1460]) {
        const { transactions } = await talk([post(chunks), ok, get, ok], { segmentBytes })
        expect(
          transactions.map(({ request }) => request.body),
          name,
        ).toEqual(["abcde", ""])
        expect(transactions[0]?.malformed, name).toEqual(flaws)
      }
    }
  })

  it("of very many small chunks is kept whole", async () => {
    const { transactions } = await talk([post(`${"1\r\nx\r\n".repeat(100_000)}0\r\n\r\n`), ok], {
      segmentBytes: 60_000,
    })
    expect(transactions[0]?.request.body.length).toBe(100_000)
    expect(transactions[0]?.request.bodyTruncated).toBe(false)
  })

  const broken: readonly (readonly [string, string, string])[] = [
    ["a size that is no number", "zz\r\nabc\r\n", "chunk size not hexadecimal"],
    ["a size in C's notation", "0x3\r\nabc\r\n0\r\n\r\n", "chunk size followed by something else"],
    ["a negative size", "-3\r\nabc\r\n", "chunk size not hexadecimal"],
    ["a size beyond all bounds", "fffffffffffffffff\r\nabc\r\n", "chunk size too large"],
  ]
  it("that can't be read is given up, and the next request found", async () => {
    expect(broken).toHaveLength(4)
    for (const [name, chunks, flaw] of broken) {
      const { transactions } = await talk([post(chunks), ok, get, ok])
      expect(transactions[0]?.malformed, name).toContain(flaw)
      expect(transactions.at(-1)?.request.method, name).toBe("GET")
    }
  })

  it("wins over a length, and having both is told", async () => {
    const { transactions } = await talk([post("2\r\nab\r\n0\r\n\r\n", "Content-Length: 40\r\n"), ok, get, ok])
    expect(transactions.map(({ request: { body, method } }) => [method, body])).toEqual([
      ["POST", "ab"],
      ["GET", ""],
    ])
    expect(transactions[0]?.malformed).toEqual(["Content-Length and Transfer-Encoding both present"])
  })
})

describe("what is wrong with a message", () => {
  const requests: readonly (readonly [string, string, readonly string[]])[] = [
    ["bare LF", "GET / HTTP/1.1\nHost: a\n\n", ["line ended by a bare LF"]],
    ["a folded line", "GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n", ["folded header line"]],
    ["no colon", "GET / HTTP/1.1\r\nX\r\n\r\n", ["header without a colon"]],
    ["a space before the colon", "GET / HTTP/1.1\r\nX : a\r\n\r\n", ["whitespace before the colon of a header"]],
    ["a name that is none", "GET / HTTP/1.1\r\nX(: a\r\n\r\n", ["header name not a token"]],
    ["a control character", "GET / HTTP/1.1\r\nX: a\x00b\r\n\r\n", ["control character in a header"]],
    ["a bare CR", "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n", ["control character in a header"]],
    ["no version", "GET /\r\n\r\n", ["request line without a version"]],
    ["another version", "GET / HTTP/3.7\r\n\r\n", ["HTTP version unusual"]],
    ["a space in the target", "GET /a b HTTP/1.1\r\n\r\n", ["whitespace in the request target"]],
    ["more spaces than needed", "GET  /  HTTP/1.1\r\n\r\n", ["request line with extra whitespace"]],
    ["a NUL in the target", "GET /\x00 HTTP/1.1\r\n\r\n", ["control character in the request target"]],
    [
      "two lengths",
      "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
      ["several Content-Length values"],
    ],
    ["the same length twice", "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\nx", ["repeated Content-Length"]],
    ["a length that is none", "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\nx", ["Content-Length not a number"]],
    [
      "an unknown coding",
      "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
      ["transfer coding unknown", "last transfer coding not chunked"],
    ],
    [
      "a hidden coding",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      ["last transfer coding not chunked"],
    ],
  ]
  it("is told, and does not keep it from being read", async () => {
    expect(requests).toHaveLength(17)
    for (const [name, request, flaws] of requests) {
      const { transactions } = await talk([request, ok, get, ok])
      expect(transactions[0]?.malformed, name).toEqual(flaws)
      expect(transactions, name).toHaveLength(2)
      expect(transactions[1]?.malformed, name).toEqual([])
    }
  })

  it("is told of responses too", async () => {
    const { malformed, response } = await only([get, "HTTP/1.1 abc Fine\nX : y\n\nbody"])
    expect(response).toMatchObject({ status: 0, body: "body" })
    expect(malformed).toEqual([
      "response: line ended by a bare LF",
      "response: status line malformed",
      "response: whitespace before the colon of a header",
    ])
  })

  it("is bounded: long heads are cut, many fields counted off, long flaws listed once", async () => {
    const long = await only([`GET / HTTP/1.1\r\nX: ${"y".repeat(100_000)}\r\nZ: z\r\n\r\n`, ok])
    expect(long.malformed).toEqual(["header block longer than 64 KiB"])
    expect(long.request.headers[0]?.value.length).toBeLessThanOrEqual(65_536)
    const many = await only([`GET / HTTP/1.1\r\n${"a:b\r\n".repeat(2000)}\r\n`, ok])
    expect(many.request.headers).toHaveLength(512)
    expect(many.malformed).toEqual(["more than 512 header fields"])
    const line = await only([`GET /${"y".repeat(100_000)} HTTP/1.1\r\n\r\n`, ok])
    expect(line.malformed).toContain("header block longer than 64 KiB")
  })

  it("is no HTTP at all after a message: what follows is counted, and the next request found", async () => {
    const { transactions, skipped } = await talk([get, ok, "\x00\x01 rubbish\r\n\r\n", ok, get, ok])
    expect(transactions.map(({ request: { method } }) => method)).toEqual(["GET", "GET"])
    expect(skipped["bytes that are no request"]).toBe(1)
  })
})

describe("a body", () => {
  const page = "<p>It was a dark and stormy night.</p>".repeat(50)
  const codings: readonly (readonly [string, Buffer])[] = [
    ["gzip", gzipSync(page)],
    ["x-gzip", gzipSync(page)],
    ["deflate", deflateSync(page)],
    ["deflate", deflateRawSync(page)],
    ["br", brotliCompressSync(page)],
    ["zstd", zstdCompressSync(page)],
    ["gzip, br", brotliCompressSync(gzipSync(page))],
    ["identity", Buffer.from(page)],
    ["GZIP", gzipSync(page)],
  ]
  const coded = (coding: string, body: Buffer) =>
    Buffer.concat([
      Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`),
      body,
    ])

  it("is decoded from its content codings, in requests as in responses", async () => {
    expect(codings).toHaveLength(9)
    for (const [coding, body] of codings) {
      const head = `POST / HTTP/1.1\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`
      const { request, response, malformed } = await only([
        Buffer.concat([Buffer.from(head), body]),
        coded(coding, body),
      ])
      expect([request.body, response?.body], coding).toEqual([page, page])
      expect([request.bodyTruncated, response?.bodyTruncated, malformed], coding).toEqual([false, false, []])
    }
  })

  it("that was cut off is decoded as far as it goes", async () => {
    for (const [coding, body] of codings.slice(0, 5)) {
      const half = Buffer.concat([coded(coding, body).subarray(0, -8)])
      const { response } = await only([get, half])
      expect(response?.bodyTruncated, coding).toBe(true)
      expect(page.startsWith(response?.body.slice(0, 30) ?? "nothing"), coding).toBe(true)
    }
  })

  it("that would become very large is cut at the limit", async () => {
    const bombs: readonly (readonly [string, Buffer])[] = [
      ["gzip", gzipSync(Buffer.alloc(50_000_000))],
      ["br", brotliCompressSync(Buffer.alloc(50_000_000))],
      ["gzip, gzip", gzipSync(gzipSync(Buffer.alloc(50_000_000)))],
    ]
    expect(bombs).toHaveLength(3)
    for (const [coding, bomb] of bombs) {
      const { response } = await only([get, coded(coding, bomb)])
      expect(response, coding).toMatchObject({ bodyTruncated: true })
      expect(response?.body.length, coding).toBe(1_048_576)
    }
  })

  const undecodable: readonly (readonly [string, Buffer, string, string])[] = [
    ["gzip", Buffer.from("not gzip"), "not gzip", "response: content coding does not decode"],
    ["rot13", Buffer.from("uryyb"), "uryyb", "response: content coding unknown"],
    ["gzip, gzip, gzip, gzip", Buffer.from("x"), "x", "response: too many content codings"],
  ]
  it("that does not decode is given as it is, and told of", async () => {
    expect(undecodable).toHaveLength(3)
    for (const [coding, body, seen, flaw] of undecodable) {
      const { response, malformed } = await only([get, coded(coding, body)])
      expect([response?.body, malformed], coding).toEqual([seen, [flaw]])
    }
  })

  it("is kept up to its limit, and the transaction given on at once then", async () => {
    const large = Buffer.alloc(3_000_000, "x")
    const { transactions } = await talk([
      get,
      Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n`), large]),
      get,
      ok,
    ])
    expect(transactions.map(({ response }) => [response?.body.length, response?.bodyTruncated])).toEqual([
      [1_048_576, true],
      [2, false],
    ])
  })
})

describe("what is not HTTP", () => {
  const others: readonly (readonly [string, string, string])[] = [
    ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "\x16\x03\x03\x00\x7a\x02"],
    ["SSH", "SSH-2.0-OpenSSH_9.6\r\n", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["SMTP", "EHLO client.example\r\n", "220 mail.example ESMTP\r\n"],
    ["FTP", "USER anonymous\r\n", "220 ready\r\n"],
    ["SIP", "OPTIONS sip:a@b SIP/2.0\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n"],
    ["RTSP", "OPTIONS rtsp://a/ RTSP/1.0\r\n\r\n", "RTSP/1.0 200 OK\r\n\r\n"],
    ["Redis", "*1\r\n$4\r\nPING\r\n", "+PONG\r\n"],
    ["a long line", "word ".repeat(4000), "x"],
    ["zeros", "\0".repeat(5000), "\0".repeat(5000)],
    ["HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x00\x00\x12\x04"],
  ]
  it("is passed over", async () => {
    expect(others).toHaveLength(10)
    for (const [name, asked, answered] of others)
      for (const segmentBytes of [3, 1460]) {
        const { transactions, skipped } = await talk([asked, answered, asked, answered], { segmentBytes })
        expect(transactions, name).toEqual([])
        expect(skipped, name).toEqual(name.startsWith("HTTP/2") ? { "HTTP/2 connection": 1 } : {})
      }
  })

  it("may be a load balancer's words, with HTTP behind them", async () => {
    const two = Buffer.from(
      "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x01\x0a\x00\x00\x05\x10\x00\x00\x50",
      "latin1",
    )
    for (const preface of [Buffer.from("PROXY TCP4 192.0.2.1 10.0.0.5 4096 80\r\n"), two])
      expect((await only([Buffer.concat([preface, Buffer.from(get)]), ok])).request.target).toBe("/")
  })

  it("is found to be HTTP on any port, with any method", async () => {
    const options = { server: { address: "10.0.0.5", port: 31_337 }, segmentBytes: 2 }
    const { request } = await only(["FROBNICATE /x HTTP/1.1\r\n\r\n", ok], options)
    expect(request.method).toBe("FROBNICATE")
    expect((await only(["\r\n\r\nGET /x HTTP/1.1\r\n\r\n", ok], options)).request.target).toBe("/x")
  })
})

describe("the direction", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["203.0.113.9", "10.0.0.5", "inbound"],
    ["10.0.0.7", "10.0.0.5", "inbound"],
    ["203.0.113.9", "198.51.100.1", "inbound"],
    ["10.0.0.5", "203.0.113.9", "outbound"],
    ["127.0.0.1", "8.8.8.8", "outbound"],
  ]
  it("is inbound unless only the source is at home", async () => {
    expect(cases).toHaveLength(5)
    for (const [from, to, direction] of cases) {
      const ends = { client: { address: from, port: 5000 }, server: { address: to, port: 80 } }
      expect((await only([get, ok], ends)).direction, `${from} to ${to}`).toBe(direction)
    }
  })
})
