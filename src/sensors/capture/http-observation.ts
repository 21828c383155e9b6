import type { Cidr, HttpHeader, HttpObservation, Ids, NodeRef } from "../../core/index.ts"
import { createDirections } from "../input/index.ts"
import type { Flow } from "./flow.ts"
import { decodeContent } from "./http/content-coding.ts"
import { valuesOf } from "./http/framing.ts"
import type { Draft, Transaction } from "./http/transaction.ts"

export interface ObservationContext {
  readonly ids: Ids
  readonly sensor: string
  readonly node: NodeRef
  readonly homeNets: readonly Cidr[]
  readonly bodyLimit: number
  /** Null for live traffic. */
  readonly file: string | null
}

/** Makes observations of transactions, with bodies decoded. */
export function createObservations(context: ObservationContext): (of: Transaction<Flow>) => Promise<HttpObservation> {
  const directionOf = createDirections(context.homeNets)
  return async (transaction) => {
    const { request, response } = transaction
    const [source, destination] = transaction.from.endpoints
    const requestLine = request.startLine ?? { method: "", target: "", protocol: "" }
    const requestBody = await bodyOf(request, context.bodyLimit, (flaw) => transaction.flaw(flaw))
    const responseBody = await bodyOf(response, context.bodyLimit, (flaw) => transaction.flaw(`response: ${flaw}`))
    return {
      kind: "http",
      id: context.ids.observation(),
      at: transaction.at,
      sensor: context.sensor,
      node: context.node,
      direction: directionOf(source, destination),
      source,
      destination,
      origin: { file: context.file, frame: context.file === null ? null : transaction.frame, line: null },
      request: { ...requestLine, headers: copy(request.headers), ...requestBody },
      response:
        response.startLine === undefined
          ? null
          : { ...response.startLine, headers: copy(response.headers), ...responseBody },
      malformed: [...transaction.flaws],
    }
  }
}

/** A message may still be coming in. */
function copy(headers: readonly HttpHeader[]): readonly HttpHeader[] {
  return headers.slice()
}

async function bodyOf(message: Draft<unknown>, limit: number, flaws: (what: string) => void) {
  const { body } = message
  const cut = body.truncated || message.cut || !message.done
  const bytes = body.take()
  const codings = bytes.length === 0 ? [] : valuesOf(message.headers, "content-encoding")
  if (codings.length === 0) return { body: bytes.toString("latin1"), bodyTruncated: cut }
  const decoded = await decodeContent(bytes, codings, limit)
  if (decoded.flaw !== undefined) flaws(decoded.flaw)
  return { body: decoded.bytes.toString("latin1"), bodyTruncated: cut || decoded.truncated }
}
