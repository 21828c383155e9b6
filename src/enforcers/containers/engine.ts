import { z } from "zod"
import { messageOf, ThwartError } from "../../core/index.ts"
import { ApiRefusal, type Call, type Connection, type DockerApi } from "./docker-api.ts"
import { plainLog } from "./log-stream.ts"

const text = z.string().catch("")
const endpoint = z.object({
  NetworkID: text,
  IPAMConfig: z.object({ IPv4Address: text, IPv6Address: text }).partial().nullish().catch(null),
  IPAddress: text,
  GlobalIPv6Address: text,
  MacAddress: text,
  Aliases: z.array(z.string()).nullish().catch(null),
  Links: z.array(z.string()).nullish().catch(null),
  DriverOpts: z.record(z.string(), z.string()).nullish().catch(null),
})

/** What is read of `GET /containers/ID/json`; the rest passes by, into the evidence. */
const inspection = z.object({
  Id: z.string().regex(/^[0-9a-f]{64}$/),
  Name: z.string(),
  Created: z.string(),
  Image: text,
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Paused: z.boolean(),
    StartedAt: z.string(),
  }),
  HostConfig: z
    .object({ AutoRemove: z.boolean().catch(false), NetworkMode: text })
    .catch({ AutoRemove: false, NetworkMode: "" }),
  Config: z.object({ Tty: z.boolean().catch(false) }).catch({ Tty: false }),
  NetworkSettings: z
    .object({ Networks: z.record(z.string(), endpoint).nullish() })
    .transform(({ Networks }) => Networks ?? {}),
})

/** A place in a network, with all that is needed to take it again. */
export interface Attachment {
  readonly network: string
  readonly ipv4: string | null
  readonly ipv6: string | null
  /** The addresses were asked for by whoever made the container. */
  readonly fixed: boolean
  readonly mac: string | null
  readonly aliases: readonly string[]
  readonly links: readonly string[]
  readonly driverOptions: Readonly<Record<string, string>>
}

export interface Container {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly startedAt: string
  readonly running: boolean
  readonly paused: boolean
  /** The engine deletes it when it stops: then there is no way back from a stop. */
  readonly removedWhenStopped: boolean
  readonly tty: boolean
  /** `bridge`, `host`, `container:ID`, a network's name, … */
  readonly networkMode: string
  readonly attachments: readonly Attachment[]
  /** The inspection as the engine gave it. */
  readonly raw: unknown
}

export interface LogTail {
  readonly text: string
  readonly cut: boolean
}

/** What is asked of a container engine. Every change may be repeated: what is so already is no error. */
export interface Engine {
  connect(signal: AbortSignal): Promise<Connection>
  /** By id, the beginning of an id, or name; undefined when there is none. */
  inspect(idOrName: string, signal: AbortSignal): Promise<Container | undefined>
  processes(id: string, signal: AbortSignal): Promise<unknown>
  changes(id: string, signal: AbortSignal): Promise<unknown>
  logTail(
    container: Container,
    most: { readonly lines: number; readonly bytes: number },
    signal: AbortSignal,
  ): Promise<LogTail>
  pause(id: string, signal: AbortSignal): Promise<void>
  unpause(id: string, signal: AbortSignal): Promise<void>
  stop(id: string, signal: AbortSignal): Promise<void>
  start(id: string, signal: AbortSignal): Promise<void>
  restart(id: string, signal: AbortSignal): Promise<void>
  /** Ends it and deletes it; its volumes stay. */
  remove(id: string, signal: AbortSignal): Promise<void>
  disconnect(id: string, network: string, signal: AbortSignal): Promise<void>
  attach(id: string, attachment: Attachment, signal: AbortSignal): Promise<void>
}

// How long a container has to end by itself before it is killed: what is quarantined gets little.
const graceSeconds = 5
const endingMs = 30_000
// Without columns of its own, Podman runs the `ps` that is inside of the container: there may be none, or the attacker's.
const podmanColumns = { ps_args: "user,pid,ppid,etime,args", stream: "false" }

export function createEngine(api: DockerApi): Engine {
  const change = async (call: Call, signal: AbortSignal) => {
    await api.call(call, signal)
  }
  const at = (id: string, rest: string) => `/containers/${encodeURIComponent(id)}${rest}`
  const post = (path: string, signal: AbortSignal, rest: Partial<Call> = {}) =>
    change({ method: "POST", path, ...rest }, signal)
  const ending = { query: { t: String(graceSeconds) }, waitMs: endingMs }

  return {
    connect: api.connect,
    inspect: async (idOrName, signal) => {
      try {
        const { body } = await api.call({ method: "GET", path: at(idOrName, "/json") }, signal)
        return containerOf(json(body, idOrName))
      } catch (error) {
        if (error instanceof ApiRefusal && error.status === 404) return undefined
        throw error
      }
    },
    processes: async (id, signal) => {
      const { server } = await api.connect(signal)
      const query = server.startsWith("Libpod") ? podmanColumns : {}
      return json((await api.call({ method: "GET", path: at(id, "/top"), query }, signal)).body, id)
    },
    changes: async (id, signal) => json((await api.call({ method: "GET", path: at(id, "/changes") }, signal)).body, id),
    logTail: async ({ id, tty }, { lines, bytes }, signal) => {
      const query = { stdout: "1", stderr: "1", timestamps: "1", tail: String(lines) }
      const { body, cut } = await api.call({ method: "GET", path: at(id, "/logs"), query, cutAtBytes: bytes }, signal)
      return { text: tty ? body.toString("utf8") : plainLog(body), cut }
    },
    pause: (id, signal) => post(at(id, "/pause"), signal),
    unpause: (id, signal) => post(at(id, "/unpause"), signal),
    stop: (id, signal) => post(at(id, "/stop"), signal, ending),
    start: (id, signal) => post(at(id, "/start"), signal),
    restart: (id, signal) => post(at(id, "/restart"), signal, ending),
    remove: (id, signal) =>
      change({ method: "DELETE", path: at(id, ""), query: { force: "true" }, waitMs: endingMs }, signal),
    disconnect: (id, network, signal) =>
      post(`/networks/${encodeURIComponent(network)}/disconnect`, signal, { body: { Container: id, Force: true } }),
    attach: async (id, attachment, signal) => {
      const connect = (place: Attachment) =>
        post(`/networks/${encodeURIComponent(attachment.network)}/connect`, signal, {
          body: { Container: id, EndpointConfig: endpointOf(place) },
        })
      try {
        await connect(attachment)
      } catch (error) {
        // Docker takes an address only where a subnet was configured, and never on its default bridge; it may be in use by now, too.
        if (!(error instanceof ApiRefusal) || error.status === 404 || attachment.fixed) throw error
        await connect({ ...attachment, ipv4: null, ipv6: null, mac: null })
      }
    },
  }
}

function containerOf(raw: unknown): Container {
  const parsed = inspection.safeParse(raw)
  if (!parsed.success)
    throw new ThwartError(
      "THWART_CONTAINERS_FAILED",
      `the engine describes a container in a form that is not Docker's: ${z.prettifyError(parsed.error)}`,
    )
  const { Id, Name, Created, State, HostConfig, Config, NetworkSettings } = parsed.data
  return {
    id: Id,
    name: Name.replace(/^\//, ""),
    createdAt: Date.parse(Created),
    startedAt: State.StartedAt,
    running: State.Running,
    paused: State.Paused,
    removedWhenStopped: HostConfig.AutoRemove,
    tty: Config.Tty,
    networkMode: HostConfig.NetworkMode,
    // Sorted, so that a record of them can be compared.
    attachments: Object.entries(NetworkSettings)
      .map(([network, at]) => attachmentOf(network, at, Id))
      .sort((one, other) => (one.network < other.network ? -1 : 1)),
    raw,
  }
}

function attachmentOf(network: string, at: z.output<typeof endpoint>, id: string): Attachment {
  return {
    network,
    ipv4: at.IPAMConfig?.IPv4Address || at.IPAddress || null,
    ipv6: at.IPAMConfig?.IPv6Address || at.GlobalIPv6Address || null,
    fixed: Boolean(at.IPAMConfig?.IPv4Address || at.IPAMConfig?.IPv6Address),
    mac: at.MacAddress || null,
    // The engine gives every container its short id as an alias by itself.
    aliases: (at.Aliases ?? []).filter((alias) => alias !== id.slice(0, 12)),
    links: at.Links ?? [],
    driverOptions: at.DriverOpts ?? {},
  }
}

function endpointOf({ ipv4, ipv6, mac, aliases, links, driverOptions }: Attachment): object {
  const addresses = {
    ...(ipv4 === null ? {} : { IPv4Address: ipv4 }),
    ...(ipv6 === null ? {} : { IPv6Address: ipv6 }),
  }
  return {
    ...(ipv4 === null && ipv6 === null ? {} : { IPAMConfig: addresses }),
    Aliases: aliases,
    Links: links,
    DriverOpts: driverOptions,
    ...(mac === null ? {} : { MacAddress: mac }),
  }
}

function json(body: Buffer, of: string): unknown {
  try {
    return JSON.parse(body.toString("utf8"))
  } catch (cause) {
    throw new ThwartError("THWART_CONTAINERS_FAILED", `what the engine says of ${of} is no JSON: ${messageOf(cause)}`, {
      cause,
    })
  }
}
