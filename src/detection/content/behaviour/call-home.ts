import type { ConnectionObservation, HttpObservation, HttpRequest, Latin1, Match } from "../../../core/index.ts"
import { cutAround, requestText } from "../../engine/evidence.ts"
import { percentDecode } from "../../seclang/transformations/url-decode.ts"
import { classificationFor } from "../classification.ts"
import type { Behaviour, RequestRules, Sighting } from "./behaviour.ts"

const named = "A request made the application connect to a host that the request named"
const planted = "A request that plants a web shell made the application connect to another host"
// Addresses are short; more pieces of text than this are not decoded.
const maxPieces = 50
// Far more than a hidden address needs; a longer body is a file.
const maxSearched = 65_536

/**
 * An outbound connection to the very host that the request which caused it carried, plainly, URL-encoded or in base 64; or any
 * outbound connection that a request caused which the rules take for the planting of a web shell.
 */
export function createCallHome(rules: RequestRules): Behaviour {
  return {
    id: "thwart/egress-named-in-request",
    summary: {
      message: named,
      file: "built in",
      line: 1,
      tags: ["attack-c2"],
      direction: "outbound",
      severity: "critical",
    },
    classification: { ...classificationFor("attack-c2"), title: "Call home" },
    look: (observation) => {
      if (observation.kind !== "connection" || observation.direction !== "outbound") return undefined
      if (observation.causedBy === null) return undefined
      const found = findName(observation, observation.causedBy.request)
      if (found !== undefined) return sighting(named, [found])
      const shell = findShell(rules, observation)
      return shell === undefined ? undefined : sighting(planted, shell)
    },
  }
}

const sighting = (message: string, matches: readonly Match[]): Sighting => ({
  message,
  severity: "critical",
  score: 5,
  threshold: 5,
  matches,
})

/** Where the request names the far end; its own Host header names us. */
function findName(connection: ConnectionObservation, request: HttpRequest): Match | undefined {
  const headers = request.headers.filter(({ name }) => name.toLowerCase() !== "host")
  const text = requestText({ ...request, headers, body: "" }) + request.body.slice(0, maxSearched)
  const names = namesOf(connection)
  for (const [variable, readable] of readings(text)) {
    const lower = readable.toLowerCase()
    for (const name of names) {
      const offset = wholeOccurrence(lower, name)
      if (offset !== undefined) return cutAround(variable, readable, offset, name.length)
    }
  }
  return undefined
}

/** With its port, and alone where the port is the usual one. */
function namesOf({ destination: { address, port }, hostname }: ConnectionObservation): readonly string[] {
  // A name of three letters or fewer (`db`, `api`) stands in many texts.
  const hosts = [hostname ?? "", address.includes(":") ? `[${address}]` : address].filter((host) => host.length > 3)
  const usual = port === 80 || port === 443
  return hosts.flatMap((host) => [`${host.toLowerCase()}:${port}`, ...(usual ? [host.toLowerCase()] : [])])
}

/** Where the name stands by itself: not as the end or the beginning of a longer one. */
function wholeOccurrence(text: Latin1, name: string): number | undefined {
  for (let offset = text.indexOf(name); offset >= 0; offset = text.indexOf(name, offset + 1)) {
    const behind = text.slice(offset + name.length, offset + name.length + 2)
    if (!/[\w.-]/.test(text.charAt(offset - 1)) && !/^(?:[\w-]|\.\w)/.test(behind)) return offset
  }
  return undefined
}

/** The text as it was sent, and as what it may stand for. */
function* readings(text: Latin1): Generator<readonly [variable: string, text: Latin1]> {
  yield ["REQUEST", text]
  const decoded = percentDecode(text)
  if (decoded !== text) yield ["REQUEST after urlDecode", decoded]
  let pieces = 0
  for (const [encoded] of decoded.matchAll(/[A-Za-z0-9+/_-]{12,4096}/g)) {
    if (++pieces > maxPieces) return
    yield ["REQUEST after base64Decode", Buffer.from(encoded, "base64").toString("latin1")]
  }
}

/** The matches of rules that take the causing request for an installation. */
function findShell(rules: RequestRules, connection: ConnectionObservation): readonly Match[] | undefined {
  const { causedBy, id, at, sensor, node, origin, source } = connection
  if (causedBy === null) return undefined
  const observation: HttpObservation = {
    kind: "http",
    id,
    at,
    sensor,
    node,
    origin,
    direction: "inbound",
    source: causedBy.source,
    destination: source,
    request: causedBy.request,
    response: null,
    malformed: [],
  }
  const conclusion = rules.conclude(observation)
  return conclusion?.classification.intent === "installation"
    ? conclusion.contributions.flatMap(({ matches }) => matches)
    : undefined
}
