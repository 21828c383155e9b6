import { createServer, type IncomingMessage, request, type Server } from "node:http"
import { connect } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Alert } from "../core/index.ts"
import { guardOf } from "./guards/guard.ts"
import { type RunningProxy, startProxy } from "./proxy.ts"

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

let application: Server
let proxy: RunningProxy
const seen: Seen[] = []
const alerts: Alert[] = []

beforeAll(async () => {
  application = createServer(async (incoming, answer) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const { method = "", url = "", headers } = incoming
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString("latin1") })
    if (url === "/late") return
    answer.writeHead(url === "/missing" ? 404 : 200, { "X-Own": "yes", Connection: "X-Hop", "X-Hop": "no" })
    answer.end(url === "/large" ? "y".repeat(1_000_000) : "ok")
  })
  application.on("upgrade", (_, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => application.listen(0, "127.0.0.1", resolve))
  const guard = guardOf({ mode: "block", onAlert: (alert) => alerts.push(alert) })
  proxy = await startProxy(guard, { to: new URL(addressOf(application)), host: "127.0.0.1", port: 0, answerMs: 300 })
})

afterAll(async () => {
  await proxy.stop()
  application.closeAllConnections()
  await new Promise((resolve) => application.close(resolve))
})

function addressOf(server: Server): string {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
}

describe("the proxy", () => {
  it("passes requests and answers on, with who asked, and without what is between two hops", async () => {
    const answer = await fetch(`${proxy.url}/a?b=c`, { headers: { "X-Kept": "1", "X-Forwarded-For": "198.51.100.1" } })
    expect([answer.status, answer.headers.get("x-own"), answer.headers.get("x-hop"), await answer.text()]).toEqual([
      200,
      "yes",
      null,
      "ok",
    ])
    const last = seen.at(-1)
    expect([last?.url, last?.headers["x-kept"], last?.headers["x-forwarded-for"]]).toEqual([
      "/a?b=c",
      "1",
      "198.51.100.1, 127.0.0.1",
    ])
    expect(last?.headers.host).toBe(new URL(proxy.url).host)
  })

  it("streams bodies of a stated length and chunked ones, and long answers", async () => {
    const body = "x".repeat(500_000)
    expect((await fetch(`${proxy.url}/up`, { method: "POST", body })).status).toBe(200)
    expect(seen.at(-1)?.body).toBe(body)
    await new Promise<void>((resolve, reject) => {
      const chunked = request(`${proxy.url}/chunked`, { method: "POST" }, (answer) =>
        answer.resume().once("end", resolve),
      )
      chunked.once("error", reject)
      chunked.write("part one, ")
      chunked.end("part two")
    })
    expect(seen.at(-1)?.body).toBe("part one, part two")
    expect((await (await fetch(`${proxy.url}/large`)).text()).length).toBe(1_000_000)
    expect((await fetch(`${proxy.url}/missing`)).status).toBe(404)
  })

  it("refuses attacks before the application sees them", async () => {
    const before = seen.length
    const answer = await fetch(`${proxy.url}/?id=${encodeURIComponent("1' UNION SELECT password FROM users-- ")}`)
    expect([answer.status, answer.headers.get("x-thwart")]).toEqual([403, "refused"])
    expect(seen).toHaveLength(before)
    expect(alerts.at(-1)?.source.address).toBe("127.0.0.1")
  })

  it("says when the application does not answer, or is not there", async () => {
    expect((await fetch(`${proxy.url}/late`)).status).toBe(504)
    const guard = guardOf({})
    const gone = await startProxy(guard, {
      to: new URL("http://127.0.0.1:1"),
      host: "127.0.0.1",
      port: 0,
      answerMs: 300,
    })
    expect((await fetch(gone.url)).status).toBe(502)
    await gone.stop()
  })

  it.each([
    [
      "a length and chunks",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"],
    ["a length that is none", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nabcde"],
  ])("refuses %s, which others may read in another way", async (_what, raw) => {
    const before = seen.length
    expect(await sent(raw)).toMatch(/^HTTP\/1\.1 400 /)
    expect(seen).toHaveLength(before)
  })

  it("passes connections that leave HTTP", async () => {
    const answer = await sent(
      "GET /ws HTTP/1.1\r\nHost: a\r\nUser-Agent: t\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhello",
      /hello/,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 101 [\s\S]*hello$/)
  })
})

/** Sends bytes, and reads until the connection ends or what is awaited came. */
function sent(raw: string, awaited?: RegExp): Promise<string> {
  const { port } = new URL(proxy.url)
  return new Promise((resolve, reject) => {
    let text = ""
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(raw))
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1")
      if (awaited?.test(text)) socket.destroy()
    })
    socket.once("close", () => resolve(text))
    socket.once("error", reject)
  })
}
