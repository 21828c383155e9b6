import { type IncomingMessage, request } from "node:http"
import { messageOf, ThwartError } from "../../core/index.ts"
import { type ApiVersion, agreeOn } from "./api-version.ts"

/** The Docker Engine API behind one unix socket: Docker itself, or Podman's compatible service. */
export interface DockerApi {
  /** Connects and agrees on a version; throws THWART_CONTAINERS_FAILED with a diagnosis. */
  connect(signal: AbortSignal): Promise<Connection>
  /** Throws `ApiRefusal` for an answer that says no, and THWART_CONTAINERS_FAILED where there is no answer. */
  call(call: Call, signal: AbortSignal): Promise<Answer>
}

export interface Connection {
  readonly version: ApiVersion
  /** What answers, as it calls itself. */
  readonly server: string
}

export interface Call {
  readonly method: "GET" | "POST" | "DELETE"
  /** Behind the version, with its parts escaped: `/containers/web/json`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** For calls that wait for the container, such as stop. */
  readonly waitMs?: number
  /** Take what fits of a longer answer, instead of failing. */
  readonly cutAtBytes?: number
}

export interface Answer {
  readonly status: number
  readonly body: Buffer
  readonly cut: boolean
}

/** The engine answered, and said no. */
export class ApiRefusal extends Error {
  readonly status: number

  constructor(call: Call, status: number, said: string) {
    super(`${call.method} ${call.path}: ${status}, ${said}`)
    this.name = "ApiRefusal"
    this.status = status
  }
}

export interface DockerApiOptions {
  readonly socket: string
  readonly timeoutMs?: number
}

// An inspection is some 10 kB and a container with 10,000 changed files tells of them in 1 MB; the engine is local and quick.
const maxAnswerBytes = 8 * 1024 * 1024
const answerMs = 10_000
const maxComplaint = 500

export function createDockerApi({ socket, timeoutMs = answerMs }: DockerApiOptions): DockerApi {
  let connected: Connection | undefined

  const send = (call: Call, path: string, signal: AbortSignal): Promise<Response> => {
    const limits = { maxBytes: call.cutAtBytes ?? maxAnswerBytes, cut: call.cutAtBytes !== undefined }
    const patience = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs + (call.waitMs ?? 0))])
    return exchange({ socket, method: call.method, path, body: call.body, signal: patience, ...limits }).catch(
      (error: unknown) => {
        if (signal.aborted) throw error
        throw unreachable(error, socket, `${call.method} ${path}`)
      },
    )
  }
  const connect = async (signal: AbortSignal): Promise<Connection> => {
    const { status, headers, body } = await send({ method: "GET", path: "/_ping" }, "/_ping", signal)
    const announced = headers["api-version"]
    if (status !== 200 || typeof announced !== "string")
      throw failed(
        `${socket} answers, but not as a Docker API (GET /_ping: ${status}, ${said(body)}); name the socket of Docker or of "podman system service"`,
      )
    connected = { version: agreeOn(announced, socket), server: String(headers.server ?? "an unnamed engine") }
    return connected
  }

  return {
    connect,
    call: async (call, signal) => {
      const { version } = connected ?? (await connect(signal))
      const query = call.query === undefined ? "" : `?${new URLSearchParams(call.query)}`
      const answer = await send(call, `/v${version}${call.path}${query}`, signal)
      if (answer.status >= 400) throw new ApiRefusal(call, answer.status, said(answer.body))
      return answer
    },
  }
}

interface Exchange {
  readonly socket: string
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly signal: AbortSignal
  readonly maxBytes: number
  readonly cut: boolean
}

interface Response extends Answer {
  readonly headers: IncomingMessage["headers"]
}

function exchange({ socket, method, path, body, signal, maxBytes, cut }: Exchange): Promise<Response> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers =
      text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }
    // `host` is what HTTP/1.1 wants; the engine does not look at it. Without an agent each call has a connection of its own.
    const asked = request(
      { socketPath: socket, method, path, headers: { host: "engine", ...headers }, signal, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        let bytes = 0
        const answer = (isCut: boolean) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).subarray(0, maxBytes),
            cut: isCut,
          })
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk)
          bytes += chunk.length
          if (bytes <= maxBytes) return
          if (cut) answer(true)
          else reject(new Error(`the answer has more than ${maxBytes} bytes`))
          response.destroy()
        })
        response.on("end", () => answer(false))
        response.on("error", reject)
      },
    )
    asked.on("error", reject)
    asked.end(text)
  })
}

function unreachable(error: unknown, socket: string, what: string): ThwartError {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  const name = error instanceof Error ? error.name : ""
  if (code === "ENOENT")
    return failed(
      `there is no socket ${socket}; start Docker, or Podman's service (podman system service --time=0 unix://${socket}), or name another socket`,
      error,
    )
  if (code === "ECONNREFUSED" || code === "ENOTSOCK")
    return failed(`nothing listens at ${socket}; start Docker or Podman's service again`, error)
  if (code === "EACCES" || code === "EPERM")
    return failed(`${socket} may not be opened; run Thwart as root or as a member of the socket's group`, error)
  if (name === "TimeoutError" || name === "AbortError")
    return failed(`${socket} gave no answer in time to ${what}; is the engine overloaded?`, error)
  if (typeof code === "string" && code.startsWith("HPE_"))
    return failed(`what listens at ${socket} does not speak HTTP; it is no Docker API`, error)
  return failed(`${what} at ${socket} failed: ${messageOf(error)}`, error)
}

function failed(message: string, cause?: unknown): ThwartError {
  return new ThwartError("THWART_CONTAINERS_FAILED", message, cause === undefined ? {} : { cause })
}

/** Docker and Podman put their reason into `message`; anything else is shown as it is, in short. */
function said(body: Buffer): string {
  const text = body.toString("utf8")
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === "object" && parsed !== null && "message" in parsed) return inShort(String(parsed.message))
  } catch {
    // Not JSON: a proxy's page, or plain text.
  }
  return inShort(text)
}

function inShort(text: string): string {
  const line = text.replace(/\s+/g, " ").trim()
  if (line === "") return "without a reason"
  return line.length > maxComplaint ? `${line.slice(0, maxComplaint)}…` : line
}
