import type { IncomingMessage, ServerResponse } from "node:http"
import {
  address,
  type ConnectionObservation,
  type Endpoint,
  type HttpObservation,
  type HttpRequest,
  type HttpResponse,
  type IpAddress,
  parseAddress,
} from "../../core/index.ts"
import { decodeContent } from "../http-message/index.ts"
import { clientAddressOf, type ProxyOptions } from "./client-address.ts"
import type { Egress } from "./egress.ts"
import { headerPairs, type ResponseTap } from "./response-tap.ts"
import type { Tapped } from "./tap.ts"

/** What an inbound request is known by before anything of it was looked at. */
export type Frame = Omit<HttpObservation, "request" | "response">

// A socket that is closed already has no address any more.
const unknownAddress = address("0.0.0.0")

export function sourceOf(request: IncomingMessage, options: ProxyOptions): Endpoint {
  const { remoteAddress = "", remotePort = 0 } = request.socket
  const header = request.headers[options.clientAddressHeader]
  const client = clientAddressOf(remoteAddress, Array.isArray(header) ? header.join(",") : header, options)
  return { address: client ?? unknownAddress, port: client === parseAddress(remoteAddress) ? remotePort : 0 }
}

export function ownEndpoint({ socket }: IncomingMessage): Endpoint {
  return { address: addressOr(socket.localAddress), port: socket.localPort ?? 0 }
}

export async function requestOf(
  request: IncomingMessage,
  body: Tapped | null,
  limitBytes: number,
): Promise<HttpRequest> {
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    protocol: `HTTP/${request.httpVersion}`,
    headers: headerPairs(request.rawHeaders),
    ...(await bodyOf(body, request.headers["content-encoding"], limitBytes)),
  }
}

export async function responseOf(
  response: ServerResponse,
  body: ResponseTap,
  limitBytes: number,
): Promise<HttpResponse> {
  const headers = body.headers()
  const coding = headers.find(({ name }) => name.toLowerCase() === "content-encoding")?.value
  // What an application writes in answer to HEAD, or with 204 and 304, is not sent.
  const sent =
    response.req.method === "HEAD" || response.statusCode === 204 || response.statusCode === 304 ? null : body
  return {
    protocol: `HTTP/${response.req.httpVersion}`,
    status: response.statusCode,
    reason: response.statusMessage ?? "",
    headers,
    ...(await bodyOf(sent, coding, limitBytes)),
  }
}

export async function connectionOf(
  { cause, address: to, port, local, hostname }: Egress<Cause>,
  base: Pick<ConnectionObservation, "at" | "id" | "node">,
): Promise<ConnectionObservation> {
  return {
    ...base,
    kind: "connection",
    sensor: "http",
    direction: "outbound",
    protocol: "tcp",
    source: { address: addressOr(local?.address), port: local?.port ?? 0 },
    destination: { address: addressOr(to), port },
    hostname,
    causedBy: { source: cause.source, request: await cause.request() },
    origin: null,
  }
}

/** The inbound request that the application works for; what came of it so far is read when it is asked for. */
export interface Cause {
  readonly source: Endpoint
  readonly request: () => Promise<HttpRequest>
}

async function bodyOf(body: Tapped | null, coding: string | undefined, limitBytes: number) {
  if (body === null) return { body: "", bodyTruncated: false }
  const raw = body.bytes()
  if (coding === undefined) return { body: raw.toString("latin1"), bodyTruncated: body.truncated }
  // What does not decode is looked at as it is.
  const { bytes, truncated } = await decodeContent(raw, [coding], limitBytes)
  return { body: bytes.toString("latin1"), bodyTruncated: body.truncated || truncated }
}

function addressOr(text: string | undefined): IpAddress {
  return parseAddress(text ?? "") ?? unknownAddress
}
