import {
  type Cidr,
  classtype,
  type Endpoint,
  type FindingObservation,
  type HttpHeader,
  type HttpObservation,
  type Ids,
  type NodeRef,
  type Observation,
  tactic,
  technique,
} from "../../core/index.ts"
import { createDirections, type Line } from "../input/index.ts"
import { classtypes, meanings, severityOf, unclear } from "./category-tables.ts"
import { type EveEvent, type EveHttp, eveEvent } from "./eve-event.ts"

export interface EveContext {
  readonly ids: Ids
  readonly sensor: string
  readonly node: NodeRef
  readonly homeNets: readonly Cidr[]
  readonly file: string
}

// A record with a payload and two bodies is longer; what a person looks at is not.
const mostRawBytes = 16 * 1024
const mostBodyBytes = 1024 * 1024

/** Reads one line of EVE JSON: an observation, or why there is none. */
export function createEveReader(context: EveContext): (line: Line) => Observation | string {
  const directionOf = createDirections(context.homeNets)
  return (line) => {
    // Cut out of the file as bytes; JSON is UTF-8 (RFC 8259 §8.1).
    const text = Buffer.from(line.text, "latin1").toString("utf8")
    const event = parse(text)
    if (event === undefined) return "line that is no EVE record"
    const { event_type: type, alert, http } = event
    if (type !== "alert" && type !== "http") return `${wordOf(type)} event`
    const at = Date.parse(event.timestamp.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"))
    if (Number.isNaN(at) || at < 0) return "event without a time"
    const ends = endpointsOf(event)
    if (ends === undefined) return "event without addresses"
    const [source, destination] = ends
    const seen = {
      id: context.ids.observation(),
      at,
      sensor: context.sensor,
      node: context.node,
      direction: directionOf(source, destination),
      source,
      destination,
      origin: { file: context.file, frame: null, line: line.number },
    } as const
    if (type === "alert") return alert === undefined ? "alert without a rule" : { ...seen, ...findingOf(alert, text) }
    if (http?.url === undefined || http.http_method === undefined) return "http event without a request"
    return { ...seen, ...transactionOf(http, http.url, http.http_method) }
  }
}

function parse(text: string): EveEvent | undefined {
  try {
    return eveEvent.safeParse(JSON.parse(text)).data
  } catch {
    return undefined // No JSON: counted by the caller.
  }
}

/** An event's source is who sent the packet; who opened the connection stands in `flow`, or follows from the direction. */
function endpointsOf(event: EveEvent): readonly [Endpoint, Endpoint] | undefined {
  const { flow, direction } = event
  if (flow?.src_ip !== undefined && flow.dest_ip !== undefined)
    return [
      { address: flow.src_ip, port: flow.src_port ?? 0 },
      { address: flow.dest_ip, port: flow.dest_port ?? 0 },
    ]
  if (event.src_ip === undefined || event.dest_ip === undefined) return undefined
  const source = { address: event.src_ip, port: event.src_port ?? 0 }
  const destination = { address: event.dest_ip, port: event.dest_port ?? 0 }
  return direction === "to_client" ? [destination, source] : [source, destination]
}

type Body<Of> = Omit<Of, "id" | "at" | "sensor" | "node" | "direction" | "source" | "destination" | "origin">

function findingOf(alert: NonNullable<EveEvent["alert"]>, raw: string): Body<FindingObservation> {
  const kind = classOf(alert.category)
  const meaning = meanings.get(kind) ?? unclear
  const [tacticId] = alert.metadata?.mitre_tactic_id ?? []
  const [techniqueId] = alert.metadata?.mitre_technique_id ?? []
  return {
    kind: "finding",
    tool: "suricata",
    rule: `${alert.gid ?? 1}:${alert.signature_id}:${alert.rev ?? 0}`,
    title: alert.signature,
    severity: severityOf.get(alert.severity) ?? "low",
    classtype: kind,
    intent: meaning.intent,
    tactic: tactic.safeParse(tacticId).data ?? meaning.tactic,
    technique: technique.safeParse(techniqueId).data ?? meaning.technique,
    raw: raw.slice(0, mostRawBytes),
  }
}

function classOf(category: string): string {
  const known = classtypes.get(category.toLowerCase())
  if (known !== undefined) return known
  const made = category
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 100)
  return classtype.safeParse(made).data ?? "unknown"
}

function transactionOf(http: EveHttp, url: string, method: string): Body<HttpObservation> {
  const protocol = http.protocol ?? ""
  const requestBody = bodyOf(http.http_request_body)
  const responseBody = bodyOf(http.http_response_body)
  return {
    kind: "http",
    request: {
      method: bytes(method),
      target: bytes(url),
      protocol: bytes(protocol),
      headers: headersOf(http),
      body: requestBody ?? "",
      bodyTruncated: requestBody === undefined && !/^(GET|HEAD|OPTIONS)$/.test(method),
    },
    response:
      http.status === undefined
        ? null
        : {
            protocol: bytes(protocol),
            status: http.status,
            reason: "",
            headers: (http.response_headers ?? []).map(header),
            body: responseBody ?? "",
            bodyTruncated: responseBody === undefined && (http.length ?? 0) > 0,
          },
    malformed: [],
  }
}

/** The full list where Suricata is set to write it, otherwise the few fields that it always writes. */
function headersOf(http: EveHttp): readonly HttpHeader[] {
  if (http.request_headers !== undefined && http.request_headers.length > 0) return http.request_headers.map(header)
  const some: readonly (readonly [string, string | undefined])[] = [
    ["Host", http.hostname],
    ["User-Agent", http.http_user_agent],
    ["Referer", http.http_refer],
  ]
  return some.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: bytes(value) }]))
}

function header({ name, value }: HttpHeader): HttpHeader {
  return { name: bytes(name), value: bytes(value) }
}

function bodyOf(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").subarray(0, mostBodyBytes).toString("latin1")
}

function bytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1")
}

function wordOf(type: string): string {
  return /^[a-z0-9_-]{1,32}$/.test(type) ? type : "unnamed"
}
