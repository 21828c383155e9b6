import { once } from "node:events"
import { type Agent, createServer, type RequestListener, request, type Server } from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"
import { onTestFinished } from "vitest"
import {
  type Alert,
  createIds,
  type HttpObservation,
  nodeId,
  type Observation,
  ruleId,
  systemClock,
} from "../../core/index.ts"
import { createGuard, type GuardDeps, type GuardOptions } from "./index.ts"

const ids = createIds(systemClock)
const node = { id: nodeId.parse("test"), kind: "host", name: "test" } as const

/** A guard whose one rule is the word "evil", anywhere in request or response, or in the host that is called. */
export function createTestGuard(options: Partial<GuardOptions> = {}, more: Partial<GuardDeps> = {}) {
  const alerts: Alert[] = []
  const observations: Observation[] = []
  const errors: unknown[] = []
  const blocked = new Set<string>()
  const guard = createGuard(
    {
      detector: {
        inspect: (seen) => judge(textOf(seen), seen),
        inspectRequest: (seen) => judge(requestText(seen), seen),
      },
      clock: systemClock,
      ids,
      node,
      blockOf: (address) => (blocked.has(address) ? { expiresAt: null } : undefined),
      onAlert: (alert) => alerts.push(alert),
      onObservation: (observation) => observations.push(observation),
      onError: (error) => errors.push(error),
      ...more,
    },
    options,
  )
  onTestFinished(() => guard.close())
  const http = () => observations.filter((seen): seen is HttpObservation => seen.kind === "http")
  return { alerts, blocked, errors, guard, http, observations }
}

function requestText({ request: { target, headers, body } }: HttpObservation): string {
  return [target, ...headers.map(({ value }) => value), body].join("\n")
}

function textOf(seen: Observation): string {
  if (seen.kind === "http") return `${requestText(seen)}\n${seen.response?.body ?? ""}`
  return seen.kind === "connection" ? (seen.hostname ?? "") : ""
}

function judge(text: string, seen: Observation): Alert | null {
  if (!text.includes("evil")) return null
  return {
    id: ids.alert(),
    at: seen.at,
    observation: seen.id,
    sensor: seen.sensor,
    node: seen.node,
    direction: seen.direction,
    source: seen.source,
    destination: seen.destination,
    attacker: seen.source.address,
    title: "evil",
    severity: "high",
    classtype: "web-application-attack",
    intent: "exploitation",
    tactic: null,
    technique: null,
    score: 5,
    threshold: 5,
    contributions: [{ rule: ruleId.parse("1"), message: "evil", severity: "high", score: 5, tags: [], matches: [] }],
    evidence: { summary: text.slice(0, 200), request: null, response: null },
    origin: null,
    masked: false,
  }
}

/** A server on loopback that ends with the test; gives its port. */
export async function serve(
  application: RequestListener,
  prepare: (server: Server) => void = () => {},
): Promise<number> {
  const server = createServer(application)
  prepare(server)
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  // The cast holds: the server listens on TCP.
  return (server.address() as AddressInfo).port
}

/** A plain connection to that port, that ends with the test. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1")
  socket.on("error", () => undefined)
  await once(socket, "connect")
  onTestFinished(() => void socket.destroy())
  return socket
}

/** Everything that comes back on a connection until the server closes it. */
export async function exchange(port: number, ...parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = await dial(port)
  const received: Buffer[] = []
  socket.on("data", (data: Buffer) => received.push(data))
  for (const part of parts) socket.write(part)
  await once(socket, "close")
  return Buffer.concat(received).toString("latin1")
}

export interface Sent {
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
  readonly agent?: Agent
}

export async function send(port: number, { path = "/", method = "GET", headers = {}, body, agent }: Sent = {}) {
  const outgoing = request({ host: "127.0.0.1", port, path, method, headers, agent: agent ?? false })
  outgoing.end(body)
  const [response] = await once(outgoing, "response")
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }
}

export async function until(what: () => boolean): Promise<void> {
  for (let waitedMs = 0; !what(); waitedMs += 5) {
    if (waitedMs > 5000) throw new Error("it did not become true in 5 s")
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
