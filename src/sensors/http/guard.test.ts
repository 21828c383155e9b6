import { once } from "node:events"
import { Agent, type RequestListener } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { prefix } from "../../core/index.ts"
import { createTestGuard, dial, exchange, send, serve, until } from "./testing.ts"

const modes = ["monitor", "block"] as const
const hello: RequestListener = (request, response) => {
  request.resume()
  response.end("hello\n")
}

describe("the guard and blocked addresses", () => {
  it.each(modes)("refuses them before anything else, in %s mode", async (mode) => {
    const { blocked, guard, http, alerts } = createTestGuard({ mode })
    let calls = 0
    const port = await serve(
      guard.wrap((request, response) => {
        calls++
        hello(request, response)
      }),
    )
    expect((await send(port)).status).toBe(200)
    blocked.add("127.0.0.1")
    const answer = await send(port, { path: "/?evil", method: "POST", body: "evil" })
    expect([answer.status, answer.headers["x-thwart"], answer.body.toString()]).toEqual([403, "refused", "refused\n"])
    expect([calls, alerts.length, http().length]).toEqual([1, 0, 1])
    expect(guard.counters()).toMatchObject({ requests: 2, refusedBlocked: 1, refusedByRules: 0, failures: 0 })
  })

  it("refuses the next request of a connection that is kept alive", async () => {
    const { blocked, guard } = createTestGuard()
    const port = await serve(guard.wrap(hello))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    expect((await send(port, { agent })).status).toBe(200)
    blocked.add("127.0.0.1")
    expect((await send(port, { agent })).status).toBe(403)
    agent.destroy()
  })

  it("cuts the answer that is under way when they are blocked, and nobody else's", async () => {
    const { blocked, guard } = createTestGuard({ cutEveryMs: 20, trustedProxies: [prefix("127.0.0.0/8")] })
    const port = await serve(guard.wrap((_, response) => void response.write("an endless story")))
    const [attacker, friend] = [await dial(port), await dial(port)]
    const closed: string[] = []
    for (const [name, socket] of [
      ["attacker", attacker],
      ["friend", friend],
    ] as const) {
      socket.on("close", () => closed.push(name))
      socket.write(
        `GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${name === "friend" ? "198.51.100.7" : "203.0.113.66"}\r\n\r\n`,
      )
      await once(socket, "data")
    }
    blocked.add("203.0.113.66")
    await until(() => closed.length === 1)
    await sleep(60)
    expect(closed).toEqual(["attacker"])
    expect(guard.counters().cut).toBe(1)
  })

  it("knows a client behind a trusted proxy by what the proxy says, and nobody else by what he says himself", async () => {
    const behind = createTestGuard({ trustedProxies: [prefix("127.0.0.0/8")] })
    const open = createTestGuard()
    for (const { blocked } of [behind, open]) blocked.add("203.0.113.66")
    const header = { "x-forwarded-for": "198.51.100.9, 203.0.113.66" }
    const [proxied, direct] = await Promise.all([behind, open].map(({ guard }) => serve(guard.wrap(hello))))
    expect((await send(proxied ?? 0, { headers: header })).status).toBe(403)
    expect((await send(proxied ?? 0, { headers: { "x-forwarded-for": "203.0.113.66, 198.51.100.9" } })).status).toBe(
      200,
    )
    expect((await send(direct ?? 0, { headers: header })).status).toBe(200)
    expect(behind.http()[0]?.source).toEqual({ address: "198.51.100.9", port: 0 })
    expect(open.http()[0]?.source).toMatchObject({ address: "127.0.0.1", port: expect.any(Number) })
  })
})

describe("what the guard sees", () => {
  it("is the whole transaction, as it went over the wire", async () => {
    const { guard, http, observations } = createTestGuard()
    const port = await serve(
      guard.wrap((request, response) => {
        request.resume()
        request.on("end", () => {
          response.setHeader("x-one", ["a", "b"])
          response.writeHead(201, "Made", { "content-type": "text/plain", "X-Two": "2" })
          response.write("abc")
          response.end(Buffer.from("def"))
        })
      }),
    )
    await exchange(
      port,
      "POST /a%20b?c HTTP/1.1\r\nHost: x\r\nX-Thing: 1\r\nX-Thing: 2\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody",
    )
    await until(() => http().length === 1)
    expect(observations[0]).toMatchObject({
      kind: "http",
      sensor: "http",
      direction: "inbound",
      destination: { address: "127.0.0.1", port },
      request: {
        method: "POST",
        target: "/a%20b?c",
        protocol: "HTTP/1.1",
        headers: [
          { name: "Host", value: "x" },
          { name: "X-Thing", value: "1" },
          { name: "X-Thing", value: "2" },
          { name: "Content-Length", value: "4" },
          { name: "Connection", value: "close" },
        ],
        body: "body",
        bodyTruncated: false,
      },
      response: { protocol: "HTTP/1.1", status: 201, reason: "Made", body: "abcdef", bodyTruncated: false },
    })
    expect(http()[0]?.response?.headers).toEqual([
      { name: "x-one", value: "a" },
      { name: "x-one", value: "b" },
      { name: "content-type", value: "text/plain" },
      { name: "X-Two", value: "2" },
    ])
    expect(guard.status()).toEqual({ state: "running", reason: null, observations: 1, skipped: {}, dropped: 0 })
  })

  const heads: readonly (readonly [string, readonly unknown[]])[] = [
    ["names and values in turn", ["x-a", "1", "x-b", "2"]],
    [
      "pairs",
      [
        ["x-a", "1"],
        ["x-b", "2"],
      ],
    ],
  ]
  it.each(heads)("includes headers given as %s", async (_, headers) => {
    const { guard, http } = createTestGuard()
    const port = await serve(
      guard.wrap((_request, response) => {
        // The cast holds: these are the other two forms that Node documents.
        response.writeHead(200, headers as string[])
        response.end()
      }),
    )
    await send(port)
    await until(() => http().length === 1)
    expect(http()[0]?.response?.headers).toEqual([
      { name: "x-a", value: "1" },
      { name: "x-b", value: "2" },
    ])
  })

  const codings = [
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ] as const
  it.each(codings)("is decoded from %s, both ways", async (coding, encode) => {
    const { alerts, guard, http } = createTestGuard()
    const port = await serve(
      guard.wrap((request, response) => {
        request.resume()
        request.on("end", () => {
          response.setHeader("content-encoding", coding)
          response.end(encode("an answer"))
        })
      }),
    )
    await send(port, { method: "POST", headers: { "content-encoding": coding }, body: encode("an evil question") })
    await until(() => alerts.length === 1)
    expect([http()[0]?.request.body, http()[0]?.response?.body]).toEqual(["an evil question", "an answer"])
  })

  it("is cut to the limit, also when a small body unpacks to a large one", async () => {
    const { alerts, guard, http } = createTestGuard({ bodyLimitBytes: 1000, mode: "block" })
    const port = await serve(guard.wrap(hello))
    await send(port, { method: "POST", body: "a".repeat(5000) })
    const bomb = gzipSync(`${" ".repeat(100)}evil${" ".repeat(50_000_000)}`).subarray(0, 900)
    const answer = await send(port, { method: "POST", headers: { "content-encoding": "gzip" }, body: bomb })
    expect([answer.status, alerts.length]).toEqual([403, 1])
    expect([http()[0]?.request.body.length, http()[0]?.request.bodyTruncated]).toEqual([1000, true])
  })

  it("has no body in the answer to HEAD", async () => {
    const { guard, http } = createTestGuard()
    const port = await serve(guard.wrap((_, response) => response.end("not sent")))
    expect((await send(port, { method: "HEAD" })).body.length).toBe(0)
    await until(() => http().length === 1)
    expect(http()[0]?.response).toMatchObject({ status: 200, body: "", bodyTruncated: false })
  })

  it("includes a request that was given up, whether it was whole or not", async () => {
    const { alerts, guard, http } = createTestGuard()
    const port = await serve(guard.wrap((request) => request.resume()))
    const half = await dial(port)
    half.write("POST /half HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nevil")
    await sleep(50)
    half.destroy()
    await until(() => http().length === 1)
    const whole = await dial(port)
    whole.write("GET /whole?evil HTTP/1.1\r\nHost: x\r\n\r\n")
    await sleep(50)
    whole.destroy()
    await until(() => http().length === 2)
    expect(
      http().map(({ request, response }) => [request.target, request.body, request.bodyTruncated, response]),
    ).toEqual([
      ["/half", "evil", true, null],
      ["/whole?evil", "", false, null],
    ])
    expect(alerts).toHaveLength(2)
  })

  it("does not wait for the end of an answer that takes long", async () => {
    const { alerts, guard, http } = createTestGuard({ patienceMs: 30 })
    const port = await serve(guard.wrap((_, response) => void response.write("an endless story")))
    const socket = await dial(port)
    socket.write("GET /?evil HTTP/1.1\r\nHost: x\r\n\r\n")
    await until(() => alerts.length === 1)
    socket.destroy()
    await sleep(50)
    expect([alerts.length, http().length]).toEqual([1, 0])
  })

  it("is looked at again at the end when it was harmless so far", async () => {
    const { alerts, guard, http } = createTestGuard({ patienceMs: 20 })
    const port = await serve(
      guard.wrap((_, response) => {
        response.write("harmless, ")
        setTimeout(() => response.end("evil"), 80)
      }),
    )
    await send(port)
    await until(() => alerts.length === 1)
    expect(http()).toHaveLength(1)
    expect(http()[0]?.response?.body).toBe("harmless, evil")
  })
})

describe("the guard in block mode", () => {
  const attacks: readonly (readonly [string, string])[] = [
    ["in the target", "GET /?q=evil HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["in a header", "GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: evil\r\n\r\n"],
    ["in a body with a length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nevil"],
    [
      "in a chunked body, split",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nev\r\n2\r\nil\r\n0\r\n\r\n",
    ],
    [
      "after Expect: 100-continue",
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nevil",
    ],
  ]
  it.each(attacks)("refuses an attack %s, and the application never sees it", async (_, wire) => {
    const { alerts, guard, http } = createTestGuard({ mode: "block" })
    let calls = 0
    const port = await serve(guard.wrap(() => void calls++))
    const answer = await exchange(port, wire)
    expect(answer).toContain("HTTP/1.1 403 Forbidden\r\n")
    expect(answer).toContain("x-thwart: refused\r\n")
    await sleep(20)
    expect([calls, alerts.length, http().length]).toEqual([0, 1, 0])
    expect(guard.counters()).toMatchObject({ refusedByRules: 1, failures: 0 })
  })
  it("was attacked in 5 ways", () => expect(attacks).toHaveLength(5))

  it("lets through what is harmless, and still looks at the answer", async () => {
    const { alerts, guard } = createTestGuard({ mode: "block" })
    const port = await serve(guard.wrap((_, response) => response.end("evil secrets")))
    expect((await send(port)).status).toBe(200)
    await until(() => alerts.length === 1)
  })

  it("answers pipelined requests in order, and refuses the one among them", async () => {
    const { guard } = createTestGuard({ mode: "block" })
    const port = await serve(
      guard.wrap(async (request, response) => {
        let body = ""
        for await (const chunk of request) body += chunk
        response.end(`${request.url} ${body};`)
      }),
    )
    const post = (path: string, body: string) =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const answer = await exchange(port, post("/1", "one") + post("/2", "two") + post("/3", "evil"))
    expect(answer.match(/HTTP\/1\.1 \d+|\/\d \w+;|^refused$/gm)).toEqual([
      "HTTP/1.1 200",
      "/1 one;",
      "HTTP/1.1 200",
      "/2 two;",
      "HTTP/1.1 403",
      "refused",
    ])
  })

  it("waits for a body that trickles in, and lets it through", async () => {
    const { guard } = createTestGuard({ mode: "block" })
    const port = await serve(guard.wrap((request, response) => void request.pipe(response)))
    const socket = await dial(port)
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")
    for (const letter of "hello") {
      await sleep(20)
      socket.write(letter)
    }
    const received: Buffer[] = []
    socket.on("data", (data: Buffer) => received.push(data))
    await once(socket, "close")
    expect(
      Buffer.concat(received)
        .toString()
        .match(/^[a-z]$/gm)
        ?.join(""),
    ).toBe("hello")
  })

  const slow = [
    ["open", "HTTP/1.1 200", 0],
    ["closed", "HTTP/1.1 403", 1],
  ] as const
  it.each(slow)("decides by its fail mode (%s) about a body that does not come", async (failMode, status, refused) => {
    const { guard } = createTestGuard({ mode: "block", bodyWaitMs: 50, failMode })
    const port = await serve(
      guard.wrap((request, response) => {
        request.once("data", (data) => {
          response.setHeader("connection", "close")
          response.end(data)
        })
      }),
    )
    const socket = await dial(port)
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nsome")
    const [answer] = await once(socket, "data")
    expect(String(answer)).toContain(status)
    expect(guard.counters()).toMatchObject({ slowBodies: 1, refusedByRules: refused, failures: 0 })
    expect(guard.status().skipped).toEqual({ "slow body": 1 })
  })

  it("forgets a request whose client went away while it was held back, but not what was in it", async () => {
    const { alerts, guard, http } = createTestGuard({ mode: "block" })
    let calls = 0
    const port = await serve(guard.wrap(() => void calls++))
    const socket = await dial(port)
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nharmless so far")
    await sleep(30)
    socket.destroy()
    await until(() => http().length === 1)
    const evil = await dial(port)
    evil.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nevil so far")
    await sleep(30)
    evil.destroy()
    await until(() => http().length === 2)
    expect([calls, alerts.length]).toEqual([0, 1])
  })
})

describe("the guard's own failures", () => {
  const failing = {
    detector: {
      inspect: () => {
        throw new Error("a rule broke")
      },
      inspectRequest: () => {
        throw new Error("a rule broke")
      },
    },
  }

  it.each([
    ["open", 200],
    ["closed", 403],
  ] as const)("are decided by its fail mode (%s) when it holds requests back", async (failMode, status) => {
    const { errors, guard } = createTestGuard({ mode: "block", failMode }, failing)
    const port = await serve(guard.wrap(hello))
    expect((await send(port)).status).toBe(status)
    expect(errors.length).toBeGreaterThan(0)
  })

  it.each([
    ["open", 200],
    ["closed", 403],
  ] as const)("are decided by its fail mode (%s) when the block list breaks", async (failMode, status) => {
    const blockOf = () => {
      throw new Error("the list broke")
    }
    const { errors, guard } = createTestGuard({ failMode }, { blockOf })
    const port = await serve(guard.wrap(hello))
    expect((await send(port)).status).toBe(status)
    expect([errors.length, guard.counters().failures]).toEqual([1, 1])
  })

  it("never reach the application when it only looks along", async () => {
    const { errors, guard } = createTestGuard({ failMode: "closed" }, failing)
    const port = await serve(guard.wrap(hello))
    expect((await send(port)).status).toBe(200)
    await until(() => errors.length === 1)
  })

  it("are not what the application throws: that is passed on as it is", async () => {
    const { errors, guard } = createTestGuard({ failMode: "closed" })
    const guarded = guard.wrap(() => {
      throw new Error("the application's own")
    })
    const port = await serve((request, response) => {
      try {
        guarded(request, response)
      } catch (error) {
        response.end(String(error))
      }
    })
    expect((await send(port)).body.toString()).toBe("Error: the application's own")
    expect(errors).toEqual([])
  })

  it("are over when it is closed: everything passes", async () => {
    const { blocked, guard, http } = createTestGuard()
    const port = await serve(guard.wrap(hello))
    blocked.add("127.0.0.1")
    guard.close()
    expect((await send(port)).status).toBe(200)
    expect([http().length, guard.status().state]).toEqual([0, "stopped"])
  })
})

describe("upgrades to other protocols", () => {
  const upgrade = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n`
  const echo = async (...[options]: Parameters<typeof createTestGuard>) => {
    const rig = createTestGuard(options)
    const port = await serve(rig.guard.wrap(hello), (server) => {
      server.on(
        "upgrade",
        rig.guard.wrapUpgrade((_, socket, head) => {
          socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
          socket.write(head)
          socket.pipe(socket)
        }),
      )
    })
    return { ...rig, port }
  }

  it.each(modes)("pass, in %s mode, and are left alone from then on", async (mode) => {
    const { port, http, guard } = await echo({ mode })
    const socket = await dial(port)
    socket.write(`${upgrade("/chat")}hello `)
    let received = ""
    socket.on("data", (data: Buffer) => {
      received += data.toString("latin1")
    })
    await until(() => received.includes("101 "))
    socket.write("evil world")
    await until(() => received.endsWith("hello evil world"))
    expect(http().map(({ request, response }) => [request.target, response])).toEqual(
      mode === "monitor" ? [["/chat", null]] : [],
    )
    expect(guard.counters().requests).toBe(1)
  })

  it("are cut when their client is blocked", async () => {
    const { port, blocked, guard } = await echo({ cutEveryMs: 20 })
    const socket = await dial(port)
    socket.write(upgrade("/chat"))
    await once(socket, "data")
    blocked.add("127.0.0.1")
    await once(socket, "close")
    expect(guard.counters()).toMatchObject({ cut: 1, refusedBlocked: 0 })
  })

  it("are refused to blocked addresses, and to attacks in block mode", async () => {
    const { port, blocked, alerts } = await echo({ mode: "block" })
    expect(await exchange(port, upgrade("/?evil"))).toMatch(
      /^HTTP\/1\.1 403 Forbidden\r\n(.+\r\n)*x-thwart: refused\r\n(.+\r\n)*\r\nrefused\n$/,
    )
    expect(alerts).toHaveLength(1)
    blocked.add("127.0.0.1")
    expect(await exchange(port, upgrade("/"))).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
  })
})
