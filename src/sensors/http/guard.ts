import type { IncomingMessage, RequestListener, ServerResponse } from "node:http"
import {
  type Alert,
  address,
  type Cidr,
  type Clock,
  type ConnectionObservation,
  type Endpoint,
  type HttpObservation,
  type HttpRequest,
  type HttpResponse,
  type Ids,
  type IpAddress,
  type Millis,
  type NodeRef,
  parseAddress,
} from "../../core/index.ts"
import type { Detector } from "../../detection/index.ts"
import type { SensorStatus } from "../sensor.ts"
import { decoded, headerPairs, responseHeaders, type Tapped, tapRequest, tapResponse } from "./body-tap.ts"
import { clientAddressOf } from "./client-address.ts"
import { type Egress, watchEgress } from "./egress.ts"

export interface GuardDeps {
  readonly detector: Detector
  readonly clock: Clock
  readonly ids: Ids
  readonly node: NodeRef
  /** The block that holds an address now; undefined lets it in. */
  readonly blockOf: (address: IpAddress) => { readonly expiresAt: Millis | null } | undefined
  readonly onAlert: (alert: Alert) => void
  readonly onError: (error: unknown) => void
}

export interface GuardOptions {
  readonly trustedProxies: readonly Cidr[]
  readonly clientAddressHeader: string
  /** Bodies are inspected so far; the application gets them whole. */
  readonly bodyLimitBytes: number
  /** What happens to a request when the guard itself fails. */
  readonly failMode: "open" | "closed"
  /** Look at the connections that the application opens because of a request. */
  readonly watchEgress: boolean
}

export const defaultGuardOptions: GuardOptions = {
  trustedProxies: [],
  clientAddressHeader: "x-forwarded-for",
  // ModSecurity's SecRequestBodyNoFilesLimit.
  bodyLimitBytes: 131_072,
  failMode: "open",
  watchEgress: true,
}

export interface Guard {
  /** The same application, guarded. */
  wrap(application: RequestListener): RequestListener
  status(): SensorStatus
  close(): void
}

interface Cause {
  readonly source: Endpoint
  readonly request: () => HttpRequest
}

/** Watches and protects an HTTP application from inside its process; needs no privilege. */
export function createGuard(deps: GuardDeps, given: Partial<GuardOptions> = {}): Guard {
  const options: GuardOptions = { ...defaultGuardOptions, ...given }
  const { detector, clock, ids, node } = deps
  let observations = 0

  const inspect = (observation: HttpObservation | ConnectionObservation) => {
    try {
      observations++
      const alert = detector.inspect(observation)
      if (alert !== null) deps.onAlert(alert)
    } catch (error) {
      deps.onError(error)
    }
  }
  const egress = options.watchEgress
    ? watchEgress<Cause>((seen) => inspect(connectionOf(seen, { at: clock.now(), id: ids.observation(), node })))
    : undefined

  const admit = (request: IncomingMessage, response: ServerResponse, application: RequestListener) => {
    const source = sourceOf(request, options)
    if (deps.blockOf(source.address) !== undefined) return refuse(response)
    const body = tapRequest(request, options.bodyLimitBytes)
    const answer = tapResponse(response, options.bodyLimitBytes)
    const base = {
      id: ids.observation(),
      at: clock.now(),
      sensor: "http",
      node,
      direction: "inbound",
      source,
      destination: ownEndpoint(request),
      origin: null,
      kind: "http",
      malformed: [],
    } as const
    const requestNow = () => requestOf(request, body, options.bodyLimitBytes)
    response.once("close", () => {
      if (response.headersSent)
        inspect({ ...base, request: requestNow(), response: responseOf(response, answer, options.bodyLimitBytes) })
    })
    const run = () => application(request, response)
    return egress === undefined ? run() : egress.causedBy({ source, request: requestNow }, run)
  }

  return {
    wrap: (application) => (request, response) => {
      let entered = false
      const watched: RequestListener = (one, other) => {
        entered = true
        return application(one, other)
      }
      try {
        return admit(request, response, watched)
      } catch (error) {
        // What the application throws is its own; only the guard's own failure is decided here.
        if (entered) throw error
        deps.onError(error)
        return options.failMode === "open" ? application(request, response) : refuse(response)
      }
    },
    status: () => ({ state: "running", reason: null, observations, skipped: {}, dropped: 0 }),
    close: () => egress?.close(),
  }
}

function refuse(response: ServerResponse): void {
  response.writeHead(403, { "content-type": "text/plain", "x-thwart": "refused", connection: "close" })
  response.end("refused\n")
}

function sourceOf(request: IncomingMessage, options: GuardOptions): Endpoint {
  const { remoteAddress = "", remotePort = 0 } = request.socket
  const header = request.headers[options.clientAddressHeader]
  const client = clientAddressOf(remoteAddress, Array.isArray(header) ? header.join(",") : header, options)
  return { address: client ?? unknownAddress, port: client === parseAddress(remoteAddress) ? remotePort : 0 }
}

// A socket that is closed already has no address any more.
const unknownAddress = address("0.0.0.0")

function ownEndpoint({ socket }: IncomingMessage): Endpoint {
  return { address: parseAddress(socket.localAddress ?? "") ?? unknownAddress, port: socket.localPort ?? 0 }
}

function requestOf(request: IncomingMessage, body: Tapped, limitBytes: number): HttpRequest {
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    protocol: `HTTP/${request.httpVersion}`,
    headers: headerPairs(request.rawHeaders),
    body: decoded(body.text(), request.headers["content-encoding"], limitBytes),
    bodyTruncated: body.truncated,
  }
}

function responseOf(response: ServerResponse, body: Tapped, limitBytes: number): HttpResponse {
  const coding = response.getHeader("content-encoding")
  return {
    protocol: "HTTP/1.1",
    status: response.statusCode,
    reason: response.statusMessage ?? "",
    headers: responseHeaders(response),
    body: decoded(body.text(), typeof coding === "string" ? coding : undefined, limitBytes),
    bodyTruncated: body.truncated,
  }
}

function connectionOf(
  { cause, address: to, port, localAddress, localPort, hostname }: Egress<Cause>,
  base: Pick<ConnectionObservation, "at" | "id" | "node">,
): ConnectionObservation {
  return {
    ...base,
    kind: "connection",
    sensor: "http",
    direction: "outbound",
    protocol: "tcp",
    source: { address: parseAddress(localAddress) ?? unknownAddress, port: localPort },
    destination: { address: parseAddress(to) ?? unknownAddress, port },
    hostname,
    causedBy: { source: cause.source, request: cause.request() },
    origin: null,
  }
}
