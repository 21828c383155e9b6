import type { ConnectionObservation, Latin1, Match } from "../../../core/index.ts"
import { requestText } from "../../engine/evidence.ts"
import { urlDecode } from "../../seclang/transformations/decode.ts"
import { classifications, unclassified } from "../classification.ts"
import type { Behaviour } from "./behaviour.ts"

const message = "A request made the application connect to a host that it named itself"
// Hidden addresses are short; more text than this is not decoded.
const maxEncoded = 50
const maxKeptBytes = 1024

/** An outbound connection to the very host and port that the request which caused it carried, plainly or encoded. */
export function createCallHome(): Behaviour {
  return {
    id: "thwart/call-home",
    summary: { message, file: "built in", line: 1, tags: ["attack-c2"] },
    classification: { ...(classifications.get("attack-c2") ?? unclassified), title: "Call home" },
    look: (observation) => {
      if (observation.kind !== "connection" || observation.direction !== "outbound" || observation.causedBy === null)
        return undefined
      const found = namedIn(requestText(observation.causedBy.request), observation)
      return found === undefined
        ? undefined
        : { message, severity: "critical", score: 5, threshold: 5, matches: [found] }
    },
  }
}

function namedIn(text: Latin1, connection: ConnectionObservation): Match | undefined {
  // The request's own Host header names us, not the far end.
  const own = text.replace(/^host:[^\r\n]*/gim, "")
  for (const [variable, readable] of readings(own)) {
    for (const name of namesOf(connection)) {
      const offset = wholeOccurrence(readable, name)
      if (offset === undefined) continue
      const start = Math.max(0, offset - maxKeptBytes / 2)
      return {
        variable,
        value: readable.slice(start, start + maxKeptBytes),
        offset: offset - start,
        length: name.length,
      }
    }
  }
  return undefined
}

/** With its port, and alone where the port is the usual one. */
function namesOf({ destination, hostname }: ConnectionObservation): readonly string[] {
  const hosts = [
    hostname,
    destination.address.includes(":") ? `[${destination.address}]` : destination.address,
  ].flatMap((host) => (host === null || host.length < 4 ? [] : [host.toLowerCase()]))
  const usual = destination.port === 80 || destination.port === 443
  return hosts.flatMap((host) => [`${host}:${destination.port}`, ...(usual ? [host] : [])])
}

/** Where the name stands by itself: not as the end or the beginning of a longer one. */
function wholeOccurrence(text: Latin1, name: string): number | undefined {
  const lower = text.toLowerCase()
  for (let offset = lower.indexOf(name); offset >= 0; offset = lower.indexOf(name, offset + 1)) {
    if (
      !/[\w.-]/.test(lower.charAt(offset - 1)) &&
      !/^(?:[\w-]|\.\w)/.test(lower.slice(offset + name.length, offset + name.length + 2))
    )
      return offset
  }
  return undefined
}

function* readings(text: Latin1): Generator<readonly [string, Latin1]> {
  yield ["REQUEST", text]
  const decoded = urlDecode(text)
  if (decoded !== text) yield ["REQUEST (URL-decoded)", decoded]
  let tried = 0
  for (const [encoded] of decoded.matchAll(/[A-Za-z0-9+/]{16,4096}={0,2}/g)) {
    if (++tried > maxEncoded) return
    yield ["REQUEST (base64-decoded)", Buffer.from(encoded, "base64").toString("latin1")]
  }
}
