import { address, createIds, createManualClock, type HttpObservation, nodeId } from "../../core/index.ts"

const ids = createIds(createManualClock(1_700_000_000_000))

export interface Exchange {
  readonly method?: string
  readonly target?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly status?: number
  readonly answer?: string
}

/** One HTTP transaction of a client at 203.0.113.66. */
export function exchange({
  method = "GET",
  target = "/",
  headers = {},
  body = "",
  status = 200,
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
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      body,
      bodyTruncated: false,
    },
    response: { protocol: "HTTP/1.1", status, reason: "OK", headers: [], body: answer, bodyTruncated: false },
  }
}
