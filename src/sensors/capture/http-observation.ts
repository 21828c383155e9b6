import type { Cidr, HttpObservation, Ids, Latin1, NodeRef } from "../../core/index.ts"
import { type Decoded, decodeContent } from "../http-message/index.ts"
import { createDirections } from "../input/index.ts"
import type { Flow } from "./flow.ts"
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

/** Makes observations of transactions, with bodies decoded; waits only for the rare body that is longer decoded than is kept. */
export function createObservations(
  context: ObservationContext,
): (of: Transaction<Flow>) => HttpObservation | Promise<HttpObservation> {
  const directionOf = createDirections(context.homeNets)
  const build = (transaction: Transaction<Flow>, requestBody: Body, responseBody: Body): HttpObservation => {
    const { request, response } = transaction
    const [source, destination] = transaction.from.endpoints
    const { method, target, protocol } = request.startLine ?? nothing
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
      // Copies: either message may still be coming in.
      request: { method, target, protocol, headers: request.headers.slice(), ...requestBody },
      response:
        response.startLine === undefined
          ? null
          : { ...response.startLine, headers: response.headers.slice(), ...responseBody },
      malformed: transaction.flaws.slice(),
    }
  }
  return (transaction) => {
    const requestBody = bodyOf(transaction.request, context.bodyLimit, (flaw) => transaction.flaw(flaw))
    const responseBody = bodyOf(transaction.response, context.bodyLimit, (flaw) =>
      transaction.flaw(`response: ${flaw}`),
    )
    if (!(requestBody instanceof Promise) && !(responseBody instanceof Promise))
      return build(transaction, requestBody, responseBody)
    return Promise.all([requestBody, responseBody]).then(([one, other]) => build(transaction, one, other))
  }
}

const nothing = { method: "", target: "", protocol: "" }

interface Body {
  readonly body: Latin1
  readonly bodyTruncated: boolean
}

function bodyOf(message: Draft<unknown>, limit: number, flaws: (what: string) => void): Body | Promise<Body> {
  const { body } = message
  const cut = body.truncated || message.cut || !message.done
  const { bytes } = body
  const codings = bytes.length === 0 ? [] : valuesOf(message.headers, "content-encoding")
  if (codings.length === 0) {
    const text = bytes.toString("latin1")
    body.release()
    return { body: text, bodyTruncated: cut }
  }
  const finish = (decoded: Decoded) => {
    if (decoded.flaw !== undefined) flaws(decoded.flaw)
    const text = decoded.bytes.toString("latin1")
    body.release()
    return { body: text, bodyTruncated: cut || decoded.truncated }
  }
  const decoded = decodeContent(bytes, codings, limit)
  return decoded instanceof Promise ? decoded.then(finish) : finish(decoded)
}
