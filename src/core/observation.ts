import { z } from "zod"
import { ipAddress } from "./address.ts"
import type { Classtype, Intent, Severity, Tactic, Technique } from "./attack.ts"
import type { Millis } from "./clock.ts"
import type { EventFields } from "./event-fields.ts"
import type { ObservationId } from "./ids.ts"
import type { NodeRef } from "./node.ts"

/** Bytes as a string of one character (0-255) each; V8 keeps it at one byte a character, and regexes run on it as on bytes. */
export type Latin1 = string

export const endpoint = z.object({ address: ipAddress, port: z.int().min(0).max(65535) }).readonly()
export type Endpoint = z.infer<typeof endpoint>

/** Where in the input an observation stood: a capture file and frame, or a log file and line; both count from 1. */
export const origin = z
  .object({ file: z.string().nullable(), frame: z.int().nullable(), line: z.int().nullable() })
  .readonly()
export type Origin = z.infer<typeof origin>

export const direction = z.enum(["inbound", "outbound"])
/** Seen from the protected node. */
export type Direction = z.infer<typeof direction>

/** What every observation carries, whatever it is of. `source` opened the connection, `destination` accepted it. */
interface Seen {
  readonly id: ObservationId
  readonly at: Millis
  /** The id of the sensor. */
  readonly sensor: string
  readonly node: NodeRef
  readonly direction: Direction
  readonly source: Endpoint
  readonly destination: Endpoint
  readonly origin: Origin | null
}

export interface HttpHeader {
  readonly name: Latin1
  readonly value: Latin1
}

/** A request as it came over the wire, body decoded from its transfer and content codings. */
export interface HttpRequest {
  readonly method: Latin1
  /** The request target as sent, undecoded (RFC 9112 §3.2). */
  readonly target: Latin1
  /** `HTTP/1.1`, `HTTP/1.0`, or what stood in its place. */
  readonly protocol: Latin1
  readonly headers: readonly HttpHeader[]
  readonly body: Latin1
  /** True when the body was longer than the sensor's limit, or its end was never seen. */
  readonly bodyTruncated: boolean
}

export interface HttpResponse {
  readonly protocol: Latin1
  readonly status: number
  readonly reason: Latin1
  readonly headers: readonly HttpHeader[]
  readonly body: Latin1
  readonly bodyTruncated: boolean
}

export interface HttpObservation extends Seen {
  readonly kind: "http"
  readonly request: HttpRequest
  /** Null while the answer is not there yet, or when it was never seen. */
  readonly response: HttpResponse | null
  /** What was wrong with the framing, in the sensor's words (`chunk size not hexadecimal`, …). */
  readonly malformed: readonly string[]
}

/** A connection that a node opened or accepted, with the request that made it do so where the sensor knows it. */
export interface ConnectionObservation extends Seen {
  readonly kind: "connection"
  readonly protocol: "tcp" | "udp"
  /** The host name that was asked for, where the sensor knows it. */
  readonly hostname: string | null
  /** The inbound transaction during which an outbound connection was opened. */
  readonly causedBy: { readonly source: Endpoint; readonly request: HttpRequest } | null
}

/** What another tool found (Suricata EVE, Falco, …): it becomes an alert as it is. */
export interface FindingObservation extends Seen {
  readonly kind: "finding"
  readonly tool: string
  readonly rule: string
  readonly title: string
  readonly severity: Severity
  readonly classtype: Classtype
  readonly intent: Intent
  readonly tactic: Tactic | null
  readonly technique: Technique | null
  /** The tool's own record, cut to a limit. */
  readonly raw: string
}

/** A record of another tool that is no finding yet (audit, Falco, Tetragon, CloudTrail): rules over its fields decide. */
export interface EventObservation extends Seen {
  readonly kind: "event"
  readonly fields: EventFields
  /** The tool's own record, cut to a limit. */
  readonly raw: string
}

export type Observation = HttpObservation | ConnectionObservation | FindingObservation | EventObservation
