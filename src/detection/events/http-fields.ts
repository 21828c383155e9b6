import type { EventField, EventFieldReader, FieldValue, HttpObservation, Latin1 } from "../../core/index.ts"

// Filters look no further: a target may be as long as a server lets it be.
const maxValueBytes = 8192

/** The fields of an HTTP transaction, each read when a rule first asks for it. */
export function httpFields(observation: HttpObservation): EventFieldReader {
  const { request, response, source, destination, at } = observation
  let parts: TargetParts | undefined
  const target = () => (parts ??= readTarget(request.target))
  const header = (name: string) => readHeader(observation, name)
  return {
    get: (field: EventField): FieldValue | undefined => {
      switch (field) {
        case "event_type":
          return "http"
        case "category":
          return "network"
        case "time":
          return at
        case "connection.src_addr":
          return source.address
        case "connection.src_port":
          return source.port
        case "connection.dst_addr":
          return destination.address
        case "connection.dst_port":
          return destination.port
        case "http.method":
          return request.method
        case "http.target":
          return readable(request.target)
        case "http.path":
          return target().path
        case "http.query":
          return target().query
        case "http.extension":
          return target().extension
        case "http.host":
          return header("host")?.toLowerCase().replace(/:\d*$/, "")
        case "http.user_agent":
          return header("user-agent")
        case "http.referer":
          return header("referer")
        case "http.status":
          return response?.status
        default:
          return undefined
      }
    },
  }
}

interface TargetParts {
  readonly path: string
  readonly query: string | undefined
  readonly extension: string | undefined
}

function readTarget(target: Latin1): TargetParts {
  const local = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?#]*/i, "")
  const mark = local.indexOf("?")
  const raw = (mark < 0 ? local : local.slice(0, mark)).slice(0, maxValueBytes)
  const path = readable(raw.includes("%") ? percentDecoded(raw) : raw)
  const dot = path.lastIndexOf(".")
  return {
    path,
    query: mark < 0 ? undefined : readable(local.slice(mark + 1)),
    extension: dot > path.lastIndexOf("/") ? path.slice(dot + 1).toLowerCase() : undefined,
  }
}

function percentDecoded(path: Latin1): Latin1 {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function readHeader({ request }: HttpObservation, wanted: string): string | undefined {
  for (const { name, value } of request.headers)
    if (name.length === wanted.length && name.toLowerCase() === wanted) return readable(value)
  return undefined
}

/** The text that bytes stand for: people write their filters in it. */
function readable(bytes: Latin1): string {
  const cut = bytes.length > maxValueBytes ? bytes.slice(0, maxValueBytes) : bytes
  return /[\x80-\xff]/.test(cut) ? Buffer.from(cut, "latin1").toString("utf8") : cut
}
