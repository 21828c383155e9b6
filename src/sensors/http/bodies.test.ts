import { createHash, randomBytes } from "node:crypto"
import { once } from "node:events"
import type { IncomingMessage, RequestListener } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { createTestGuard, dial, exchange, send, serve, until } from "./testing.ts"

const modes = ["monitor", "block"] as const
const limit = 131_072
const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

/** The ways in which applications read a body. */
const readers: Readonly<Record<string, (request: IncomingMessage) => Promise<Buffer>>> = {
  "by its data events": (request) =>
    new Promise((resolve) => {
      const chunks: Buffer[] = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => resolve(Buffer.concat(chunks)))
    }),
  "by iterating": async (request) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    return Buffer.concat(chunks)
  },
  "by read() when readable": (request) =>
    new Promise((resolve) => {
      const chunks: Buffer[] = []
      request.on("readable", () => {
        for (let chunk = request.read(); chunk !== null; chunk = request.read()) chunks.push(chunk)
      })
      request.on("end", () => resolve(Buffer.concat(chunks)))
    }),
  "late, and with pauses": async (request) => {
    await sleep(60)
    const chunks: Buffer[] = []
    for await (const chunk of request) {
      chunks.push(chunk)
      await sleep(1)
    }
    return Buffer.concat(chunks)
  },
}

describe("bodies behind the guard", () => {
  const sizes = [0, 1, 65_536, limit - 1, limit, limit + 1, 3_000_000]
  for (const mode of modes) {
    it.each(Object.entries(readers))(
      `arrive whole, in ${mode} mode, at an application that reads %s`,
      async (_, read) => {
        expect(sizes).toHaveLength(7)
        const { errors, guard, http } = createTestGuard({ mode })
        const port = await serve(
          guard.wrap(async (request, response) => {
            const body = await read(request)
            response.end(`${body.length} ${digest(body)} ${request.complete}`)
          }),
        )
        let seenSoFar = 0
        for (const size of sizes) {
          for (const headers of [{ "content-length": String(size) }, { "transfer-encoding": "chunked" }]) {
            const body = randomBytes(size)
            const answer = await send(port, { method: "POST", headers, body })
            expect(answer.body.toString()).toBe(`${size} ${digest(body)} true`)
            await until(() => http().length === seenSoFar + 1)
            const seen = http().at(-1)
            expect(seen?.request.body).toBe(body.subarray(0, limit).toString("latin1"))
            expect(seen?.request.bodyTruncated).toBe(size > limit)
            seenSoFar++
          }
        }
        expect(errors).toEqual([])
      },
    )
  }

  it.each(modes)("are not gathered beyond the limit while the application does not read, in %s mode", async (mode) => {
    const { guard } = createTestGuard({ mode, bodyLimitBytes: 200_000, bodyWaitMs: 5000 })
    let seen: IncomingMessage | undefined
    const port = await serve(
      guard.wrap((request) => {
        seen = request
      }),
    )
    const socket = await dial(port)
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n")
    const flood = setInterval(() => socket.writableLength < 1_000_000 && socket.write(Buffer.alloc(500_000)), 1)
    await until(() => seen !== undefined)
    await sleep(200)
    clearInterval(flood)
    const buffered = seen?.readableLength ?? 0
    // One read from the socket may come on top.
    expect(buffered).toBeLessThan(200_000 + 3 * 65_536)
    expect(buffered).toBeGreaterThan(mode === "block" ? 199_999 : 1)
  })

  it.each(modes)("may stay unread: the next request on the connection is answered, in %s mode", async (mode) => {
    const { guard } = createTestGuard({ mode })
    const port = await serve(guard.wrap((request, response) => response.end(`${request.url};`)))
    const one = `POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n${"a".repeat(300_000)}`
    const answer = await exchange(port, `${one}GET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(answer.match(/\/\d;/g)).toEqual(["/1;", "/2;"])
  })

  it.each(modes)("reach the application as they come when they are longer than the limit, in %s mode", async (mode) => {
    const { guard } = createTestGuard({ mode, bodyLimitBytes: 10 })
    const port = await serve(guard.wrap((request, response) => void request.pipe(response)))
    const socket = await dial(port)
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n")
    let received = ""
    socket.on("data", (data: Buffer) => {
      received += data.toString("latin1")
    })
    await until(() => received.includes("0123456789"))
    socket.write("3\r\nabc\r\n")
    await until(() => received.includes("abc"))
  })
})

describe("answers behind the guard", () => {
  const applications: Readonly<Record<string, RequestListener>> = {
    "in one piece": (_, response) => response.end("hello"),
    "in pieces": (_, response) => {
      response.write("one ")
      response.write(Buffer.from("two "))
      response.write("ff", "hex")
      response.end("three", "latin1")
    },
    "with its own head": (_, response) => {
      response.writeHead(418, "Teapot", { "content-type": "text/plain", "content-length": "3" })
      response.end("tea")
    },
    "with raw headers": (_, response) => {
      response.writeHead(200, ["X-A", "1", "X-B", "2"])
      response.end()
    },
    "with trailers": (_, response) => {
      response.writeHead(200, { trailer: "X-End" })
      response.write("body")
      response.addTrailers({ "X-End": "1" })
      response.end()
    },
    "with early hints": (_, response) => {
      response.writeEarlyHints({ link: "</style.css>; rel=preload" })
      response.end("late")
    },
    "from a callback of end": (_, response) => void response.end("x", () => undefined),
    "without a body": (_, response) => {
      response.statusCode = 204
      response.end()
    },
  }

  for (const mode of modes) {
    it.each(Object.entries(applications))(
      `are the same bytes as without it, in ${mode} mode: %s`,
      async (_, application) => {
        expect(Object.keys(applications)).toHaveLength(8)
        const { guard } = createTestGuard({ mode })
        const [plain, guarded] = [await serve(application), await serve(guard.wrap(application))]
        const wire = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        const withoutDate = (text: string) => text.replace(/^Date: .*$/m, "Date:")
        expect(withoutDate(await exchange(guarded, wire))).toBe(withoutDate(await exchange(plain, wire)))
      },
    )
  }

  it("obey back pressure and tell of it as without it", async () => {
    const { guard, http } = createTestGuard({ bodyLimitBytes: 1000 })
    const port = await serve(
      guard.wrap(async (_, response) => {
        for (let index = 0; index < 100; index++)
          if (!response.write(Buffer.alloc(100_000, "a"))) await once(response, "drain")
        response.end()
      }),
    )
    expect((await send(port)).body.length).toBe(10_000_000)
    await until(() => http().length === 1)
    expect(http()[0]?.response).toMatchObject({ body: "a".repeat(1000), bodyTruncated: true })
  })
})
