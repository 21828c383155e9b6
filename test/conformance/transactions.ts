import {
  address,
  createIds,
  createManualClock,
  type HttpObservation,
  type HttpRequest,
  nodeId,
} from "../../src/core/index.ts"

const ids = createIds(createManualClock(1_700_000_000_000))

/** A request of a client at 203.0.113.66, answered with nothing. */
export function inboundOf(request: HttpRequest): HttpObservation {
  return {
    kind: "http",
    id: ids.observation(),
    at: 1_700_000_000_000,
    sensor: "test",
    node: { id: nodeId.parse("shop"), kind: "host", name: "shop" },
    direction: "inbound",
    source: { address: address("203.0.113.66"), port: 40_000 },
    destination: { address: address("192.0.2.1"), port: 80 },
    origin: null,
    malformed: [],
    request,
    response: { protocol: "HTTP/1.1", status: 200, reason: "OK", headers: [], body: "", bodyTruncated: false },
  }
}

inboundOf.ids = ids
