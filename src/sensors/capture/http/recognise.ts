import type { Latin1 } from "../../../core/index.ts"
import type { Segment } from "../tcp-stream.ts"
import { sniffRequest, sniffResponse, startsRequest, startsResponse } from "./start-line.ts"

/** Which kinds of message a stream may carry, as far as is known of the connection. */
export interface Possible {
  readonly request: boolean
  readonly response: boolean
}

export type Recognised = "request" | "response" | "none" | "more"

/** What a stream is by its first bytes. */
export function recognise(text: Latin1, may: Possible): Recognised {
  const response = may.response ? sniffResponse(text) : "no"
  if (response === "yes") return "response"
  const request = may.request ? sniffRequest(text) : "no"
  if (request === "yes") return "request"
  return request === "more" || response === "more" ? "more" : "none"
}

/** True when a segment in the middle of a stream surely starts a message. */
export function startsMessage({ data, start, end }: Segment, may: Possible): boolean {
  const first = data[start] ?? 0
  if (first < 0x41 || first > 0x5a) return false
  const text = data.toString("latin1", start, Math.min(end, start + 8192))
  return (may.request && startsRequest(text)) || (may.response && startsResponse(text))
}
