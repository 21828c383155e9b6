import {
  address,
  createIds,
  createManualClock,
  type HttpHeader,
  type HttpObservation,
  nodeId,
} from "../../core/index.ts"

const ids = createIds(createManualClock(1_700_000_000_000))

export interface Exchange {
  readonly method?: string
  readonly target?: string
  /** As a list where a name comes twice. */
  readonly headers?: Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[]
  readonly body?: string
  readonly status?: number
  readonly answerHeaders?: Readonly<Record<string, string>>
  readonly answer?: string
}

/** One HTTP transaction of a client at 203.0.113.66. */
export function exchange({
  method = "GET",
  target = "/",
  headers = {},
  body = "",
  status = 200,
  answerHeaders = {},
  answer = "",
}: Exchange): HttpObservation {
  return {
    kind: "http",
    id: ids.observation(),
    at: 1_700_000_000_000,
    sensor: "test",
    node: { id: nodeId.parse("shop"), kind: "host", name: "shop" },
    direction: "inbound",
    source: { address: address("203.0.113.66"), port: 40000 },
    destination: { address: address("192.0.2.1"), port: 80 },
    origin: null,
    malformed: [],
    request: {
      method,
      target,
      protocol: "HTTP/1.1",
      headers: headersOf(headers),
      body,
      bodyTruncated: false,
    },
    response: {
      protocol: "HTTP/1.1",
      status,
      reason: "OK",
      headers: headersOf(answerHeaders),
      body: answer,
      bodyTruncated: false,
    },
  }
}

function headersOf(headers: NonNullable<Exchange["headers"]>): readonly HttpHeader[] {
  const pairs: readonly (readonly [string, string])[] = Array.isArray(headers) ? headers : Object.entries(headers)
  return pairs.map(([name, value]) => ({ name, value }))
}
