import { once } from "node:events"
import { Agent, get, type RequestListener } from "node:http"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { connect as connectTls } from "node:tls"
import { describe, expect, it } from "vitest"
import type { ConnectionObservation } from "../../core/index.ts"
import { createTestGuard, dial, send, serve, until } from "./testing.ts"

/** A guarded application that does this, and a place to connect to. */
async function open(work: (to: number, path: string) => unknown, more: Parameters<typeof createTestGuard>[1] = {}) {
  const rig = createTestGuard({}, more)
  const to = await serve((_, response) => response.end("home"))
  const port = await serve(
    rig.guard.wrap(async (request, response) => {
      request.resume()
      await work(to, request.url ?? "")
      response.end()
    }),
  )
  const connections = () => rig.observations.filter((seen): seen is ConnectionObservation => seen.kind === "connection")
  return { ...rig, connections, port, to }
}

const plainGet = (port: number, agent: Agent | false = false) =>
  new Promise<void>((resolve, reject) => {
    get({ host: "localhost", port, agent, family: 4 }, (response) => response.resume().on("end", resolve)).on(
      "error",
      reject,
    )
  })

describe("connections that the application opens", () => {
  const ways: readonly (readonly [string, string | null, (to: number) => unknown])[] = [
    ["fetch", "localhost", async (to) => (await fetch(`http://localhost:${to}/`)).text()],
    ["node:http", "localhost", (to) => plainGet(to)],
    ["a socket", null, (to) => once(connect(to, "127.0.0.1"), "connect").then(() => undefined)],
    [
      "TLS",
      "localhost",
      (to) => {
        const socket = connectTls({ host: "localhost", port: to, rejectUnauthorized: false })
        socket.on("error", () => undefined)
        return once(socket, "close").then(
          () => undefined,
          () => undefined,
        )
      },
    ],
    ["a timer, after the answer was sent", "localhost", (to) => void setTimeout(() => void plainGet(to), 50)],
  ]
  it("are opened in 5 ways", () => expect(ways).toHaveLength(5))
  it.each(ways)("are told with the request that caused them, when opened by %s", async (_, hostname, work) => {
    const { connections, port, to, errors } = await open(work)
    await send(port, { method: "POST", path: "/fetch?url=x", body: "call home" })
    await until(() => connections().length === 1)
    await sleep(30)
    expect(connections()).toHaveLength(1)
    expect(connections()[0]).toMatchObject({
      kind: "connection",
      sensor: "http",
      direction: "outbound",
      protocol: "tcp",
      source: { address: "127.0.0.1", port: expect.any(Number) },
      destination: { address: "127.0.0.1", port: to },
      hostname,
      causedBy: {
        source: { address: "127.0.0.1", port: expect.any(Number) },
        request: { method: "POST", target: "/fetch?url=x", body: "call home" },
      },
    })
    expect(errors).toEqual([])
  })

  it("are told when they are opened as the last of the body comes, long after the head", async () => {
    const rig = createTestGuard()
    const to = await serve((_, response) => response.end("home"))
    const upload: RequestListener = (request, response) => {
      let body = ""
      request.on("data", (chunk) => {
        body += chunk
      })
      request.on("end", () => void plainGet(Number(body)).then(() => response.end()))
    }
    const port = await serve(rig.guard.wrap(upload))
    const socket = await dial(port)
    socket.write(`POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(to).length}\r\n\r\n`)
    await sleep(30)
    socket.write(String(to))
    await until(() => rig.guard.counters().connections === 1)
    await until(() => rig.observations.some(({ kind }) => kind === "connection"))
    expect(rig.observations.find(({ kind }) => kind === "connection")).toMatchObject({
      causedBy: { request: { target: "/upload", body: String(to) } },
    })
  })

  it("are told again for each request that uses one that was kept alive", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const { connections, port } = await open((to) => plainGet(to, agent))
    for (const path of ["/1", "/2", "/3"]) await send(port, { path })
    await until(() => connections().length === 3)
    expect(connections().map(({ causedBy }) => causedBy?.request.target)).toEqual(["/1", "/2", "/3"])
    expect(new Set(connections().map(({ source }) => source.port)).size).toBe(1)
    agent.destroy()
  })

  it("are told again for each fetch that uses one that was kept alive", async () => {
    const { connections, port } = await open(async (to) => (await fetch(`http://127.0.0.1:${to}/`)).text())
    for (const path of ["/1", "/2", "/3", "/4"]) {
      await send(port, { path })
      await sleep(20)
    }
    await until(() => connections().length === 4)
    expect(connections().map(({ causedBy }) => causedBy?.request.target)).toEqual(["/1", "/2", "/3", "/4"])
    expect(new Set(connections().map(({ source }) => source.port)).size).toBeLessThan(4)
  })

  it("are told though nobody answered", async () => {
    const { connections, port } = await open(async () => {
      const socket = connect(9, "127.0.0.1")
      socket.on("error", () => undefined)
      await once(socket, "close").catch(() => undefined)
    })
    await send(port)
    await until(() => connections().length === 1)
    expect(connections()[0]).toMatchObject({ destination: { address: "127.0.0.1", port: 9 }, source: { port: 0 } })
  })

  it("are kept apart when requests are worked on at the same time", async () => {
    const { connections, port } = await open(async (to, path) => {
      await sleep(Number(path.slice(1)))
      await plainGet(to)
    })
    await Promise.all([30, 10, 20].map((ms) => send(port, { path: `/${ms}` })))
    await until(() => connections().length === 3)
    expect(connections().map(({ causedBy }) => causedBy?.request.target)).toEqual(["/10", "/20", "/30"])
  })

  it("raise an alert of their own", async () => {
    const { alerts, port } = await open((to) => {
      const lookup = (_host: string, _options: unknown, done: (...found: unknown[]) => void) =>
        done(null, [{ address: "127.0.0.1", family: 4 }])
      // The cast holds: Node asks for all addresses and gets one.
      return once(connect({ host: "evil.example", port: to, lookup: lookup as never }), "connect").then(() => undefined)
    })
    await send(port)
    await until(() => alerts.length === 1)
    expect(alerts[0]).toMatchObject({ direction: "outbound", evidence: { summary: "evil.example" } })
  })

  it("are nobody's when no request is behind them, or when Thwart itself opens them because of an alert", async () => {
    let to = 0
    const {
      connections,
      port,
      to: home,
      alerts,
    } = await open(() => undefined, {
      onAlert: (alert) => {
        alerts_.push(alert)
        void plainGet(to)
      },
    })
    const alerts_ = alerts
    to = home
    await plainGet(to)
    await send(port, { path: "/?evil" })
    await until(() => alerts.length === 1)
    await sleep(50)
    expect(connections()).toEqual([])
  })

  it("are not looked at any more when the guard is closed", async () => {
    const { connections, guard, port } = await open((to) => plainGet(to))
    await send(port)
    await until(() => connections().length === 1)
    guard.close()
    await send(port)
    await sleep(30)
    expect(connections()).toHaveLength(1)
  })
})
