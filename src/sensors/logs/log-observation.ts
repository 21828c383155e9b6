import {
  address,
  type Endpoint,
  type HttpHeader,
  type HttpObservation,
  type Ids,
  type Latin1,
  type Millis,
  type NodeRef,
} from "../../core/index.ts"
import type { Skipped } from "../input/index.ts"
import { type AccessLine, parseAccessLine } from "./access-line.ts"

export interface LogContext {
  readonly ids: Ids
  readonly sensor: string
  readonly node: NodeRef
  readonly file: string
  /** What the log does not say: where the server listens. */
  readonly server: Endpoint
  readTime(text: string): Millis | undefined
}

/** An access log does not tell the server's address. */
export const unknownServer: Endpoint = { address: address("0.0.0.0"), port: 80 }

const withoutBody: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "DELETE", "CONNECT"])

/** The observation that a line tells of; otherwise the reason is counted. `number` is null where lines were not counted from the first. */
export function readAccessLine(
  line: { readonly text: Latin1; readonly number: number | null },
  context: LogContext,
  skipped: Skipped,
): HttpObservation | undefined {
  const parsed = parseAccessLine(line.text, context.readTime)
  if (typeof parsed === "string") skipped.add(parsed)
  else if (parsed.requestLine === "" || parsed.requestLine === "-") skipped.add("connection without a request")
  else return observationOf(parsed, line.number, context)
  return undefined
}

/** What a line tells of a transaction: no bodies, and of the header fields only Host, Referer and User-Agent. */
function observationOf(line: AccessLine, number: number | null, context: LogContext): HttpObservation {
  const { method, target, protocol, malformed } = splitRequestLine(line.requestLine)
  const headers: HttpHeader[] = []
  if (line.virtualHost !== null) headers.push({ name: "Host", value: line.virtualHost })
  if (line.referer !== null) headers.push({ name: "Referer", value: line.referer })
  if (line.userAgent !== null) headers.push({ name: "User-Agent", value: line.userAgent })
  return {
    kind: "http",
    id: context.ids.observation(),
    at: line.at,
    sensor: context.sensor,
    node: context.node,
    direction: "inbound",
    source: { address: line.client, port: 0 },
    destination: { ...context.server, port: line.virtualPort ?? context.server.port },
    origin: { file: context.file, frame: null, line: number },
    request: { method, target, protocol, headers, body: "", bodyTruncated: !withoutBody.has(method) },
    response: {
      protocol,
      status: line.status,
      reason: "",
      headers: [],
      body: "",
      bodyTruncated: line.sizeBytes > 0,
    },
    malformed,
  }
}

function splitRequestLine(text: string) {
  const first = text.indexOf(" ")
  const last = text.lastIndexOf(" ")
  const versioned = last > first && /^HTTP\//i.test(text.slice(last + 1))
  // What is no request line at all (a TLS handshake to a plain port, …) is shown as the target, where rules look.
  if (first <= 0) return { method: "", target: text, protocol: "", malformed: ["request line malformed"] }
  return {
    method: text.slice(0, first),
    target: versioned ? text.slice(first + 1, last) : text.slice(first + 1),
    protocol: versioned ? text.slice(last + 1) : "",
    malformed: versioned ? [] : ["request line without a version"],
  }
}
