import {
  createServer,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http"
import { Agent as HttpsAgent, request as httpsRequest } from "node:https"
import type { Duplex } from "node:stream"
import { pipeline } from "node:stream/promises"
import { messageOf, ThwartError } from "../core/index.ts"
import type { Guard } from "../sensors/http/index.ts"

export interface ProxyOptions {
  readonly to: URL
  readonly host: string
  readonly port: number
  /** How long the application may take to begin its answer. */
  readonly answerMs: number
}

export interface RunningProxy {
  readonly url: string
  stop(): Promise<void>
}

// RFC 9110 §7.6.1: these are between two hops and go no further. Trailers and upgrades are handled by themselves.
const betweenHops = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
])
// A slow client must not hold a place for ever.
const headersMs = 20_000
const requestMs = 300_000
const maxHeaderBytes = 65_536
const idleConnections = 64

/** A reverse proxy with the guard before it: bodies stream through, connections to the application are kept. */
export async function startProxy(guard: Guard, options: ProxyOptions): Promise<RunningProxy> {
  const { to, host, port } = options
  const secure = to.protocol === "https:"
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, maxFreeSockets: idleConnections })
    : new HttpAgent({ keepAlive: true, maxFreeSockets: idleConnections })
  const ask = secure ? httpsRequest : httpRequest

  const forward = (request: IncomingMessage, response: ServerResponse): void => {
    const upstream = ask(to, { ...wanted(request, to), agent, timeout: options.answerMs })
    upstream.once("timeout", () => upstream.destroy(new Error(`no answer within ${options.answerMs} ms`)))
    upstream.once("error", (error) => tell(response, error))
    upstream.once("response", (answer) => {
      upstream.setTimeout(0)
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? "", endToEnd(answer.rawHeaders).flat())
      pipeline(answer, response).catch(() => response.destroy())
    })
    response.once("close", () => upstream.destroy())
    pipeline(request, upstream).catch(() => upstream.destroy())
  }

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { headers, ...rest } = wanted(request, to)
    const upstream = ask(to, {
      ...rest,
      headers: [...headers, "Connection", "Upgrade", "Upgrade", request.headers.upgrade ?? ""],
    })
    const close = () => socket.destroy()
    socket.once("error", () => upstream.destroy())
    upstream.once("error", close)
    upstream.once("response", close)
    upstream.once("upgrade", (answer, other, first) => {
      const lines = pairsOf(answer.rawHeaders).map(([name, value]) => `${name}: ${value}`)
      socket.write([`HTTP/1.1 101 ${answer.statusMessage}`, ...lines, "", ""].join("\r\n"))
      socket.write(first)
      other.write(head)
      other.once("error", close)
      other.pipe(socket).pipe(other)
    })
    upstream.end()
  }

  const server = createServer(
    { maxHeaderSize: maxHeaderBytes, headersTimeout: headersMs, requestTimeout: requestMs },
    guard.wrap(forward),
  )
  server.on("upgrade", guard.wrapUpgrade(upgrade))
  await listen(server, host, port)
  return {
    url: urlOf(server, host),
    stop: async () => {
      guard.close()
      server.closeIdleConnections()
      const closed = new Promise((resolve) => server.close(resolve))
      setTimeout(() => server.closeAllConnections(), 2000).unref()
      await closed
      agent.destroy()
    },
  }
}

function wanted(request: IncomingMessage, to: URL) {
  const { remoteAddress = "" } = request.socket
  const before = request.headers["x-forwarded-for"]
  const forwarded = [
    ["X-Forwarded-For", [before, remoteAddress].filter(Boolean).join(", ")],
    ["X-Forwarded-Proto", "http"],
    ["X-Forwarded-Host", request.headers.host ?? to.host],
    ...(request.headers["transfer-encoding"] === undefined ? [] : [["Transfer-Encoding", "chunked"]]),
  ]
  const own = endToEnd(request.rawHeaders).filter(([name]) => !/^x-forwarded-(?:for|proto|host)$/i.test(name))
  const path = `${to.pathname.replace(/\/$/, "")}${request.url ?? "/"}`
  return { method: request.method ?? "GET", path, headers: [...own, ...forwarded].flat() }
}

/** Headers as they came, but for those of the hop, which Connection may name more of. */
function endToEnd(raw: readonly string[]): readonly (readonly [name: string, value: string])[] {
  const pairs = pairsOf(raw)
  const named = pairs.flatMap(([name, value]) => (name.toLowerCase() === "connection" ? value.split(",") : []))
  const dropped = new Set([...betweenHops, ...named.map((name) => name.trim().toLowerCase())])
  return pairs.filter(([name]) => !dropped.has(name.toLowerCase()))
}

function pairsOf(raw: readonly string[]): readonly (readonly [name: string, value: string])[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []))
}

function tell(response: ServerResponse, error: Error): void {
  if (response.headersSent) return void response.destroy()
  const late = /no answer within/.test(messageOf(error))
  response.writeHead(late ? 504 : 502, { "content-type": "text/plain", "x-thwart": "upstream" })
  response.end(late ? "the application does not answer\n" : "the application can't be reached\n")
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new ThwartError("THWART_LISTEN_FAILED", `can't listen on ${host}:${port}`, { cause })),
    )
    server.listen(port, host, resolve)
  })
}

function urlOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`
}
