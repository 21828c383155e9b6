import { AsyncLocalStorage } from "node:async_hooks"
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { ClientRequest } from "node:http"
import { Socket } from "node:net"

/** A connection that this process opened, tried to open or used again while it worked for a request, or later because of it. */
export interface Egress<C> {
  readonly cause: C
  readonly address: string
  readonly port: number
  /** Null when the connection never came about. */
  readonly local: { readonly address: string; readonly port: number } | null
  readonly hostname: string | null
}

export interface EgressWatch<C> {
  /** Whatever connects inside of `task`, and in what it leaves running, is told with this cause. */
  causedBy<T>(cause: C, task: () => T): T
  /** What connects inside of `task` is nobody's doing: for work of our own that a request sets off. */
  apart<T>(task: () => T): T
  close(): void
}

interface Egresses<C> {
  readonly onEgress: (egress: Egress<C>) => void
  readonly onError: (error: unknown) => void
}

/**
 * Tells of every TCP connection that this process opens because of a request, plain or TLS: Node announces each client socket on the
 * channel `net.client.socket`, in the asynchronous context of whoever asked for it. A connection that is kept alive and used again is
 * found by the requests of `node:http` and of `fetch` on it. Each connection is told once for each cause.
 */
export function watchEgress<C extends object>({ onEgress, onError }: Egresses<C>): EgressWatch<C> {
  const causes = new AsyncLocalStorage<C | undefined>()
  const told = new WeakMap<Socket, WeakSet<C>>()
  const hostnames = new WeakMap<Socket, string>()
  const fetches = new WeakMap<object, C>()

  const tell = (
    cause: C,
    socket: Socket,
    { address, port }: { address: string | undefined; port: number | undefined },
  ) => {
    if (address === undefined || port === undefined || told.get(socket)?.has(cause) === true) return
    told.set(socket, (told.get(socket) ?? new WeakSet()).add(cause))
    const { localAddress, localPort } = socket
    const local =
      localAddress === undefined || localPort === undefined ? null : { address: localAddress, port: localPort }
    onEgress({ cause, address, port, local, hostname: hostnames.get(socket) ?? null })
  }
  const tellPeer = (cause: C, socket: Socket) =>
    tell(cause, socket, { address: socket.remoteAddress, port: socket.remotePort })

  const onSocket = (cause: C, socket: Socket) => {
    let tried: { address: string; port: number } | undefined
    socket.once("lookup", (_error: unknown, _address: unknown, _family: unknown, host: unknown) => {
      if (typeof host === "string") hostnames.set(socket, host)
    })
    socket.on("connectionAttempt", (address: string, port: number) => {
      tried = { address, port }
    })
    socket.once("connect", () => guarded(() => tellPeer(cause, socket)))
    // A home that does not answer was called all the same.
    socket.once("close", () => guarded(() => tried !== undefined && tell(cause, socket, tried)))
  }
  const guarded = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      onError(error)
    }
  }

  const channels: Readonly<Record<string, (message: Readonly<Record<string, unknown>>) => void>> = {
    "net.client.socket": ({ socket }) => {
      const cause = causes.getStore()
      if (cause !== undefined && socket instanceof Socket) onSocket(cause, socket)
    },
    "http.client.request.created": ({ request }) => {
      const cause = causes.getStore()
      if (cause === undefined || !(request instanceof ClientRequest)) return
      request.once("socket", (socket) => guarded(() => request.reusedSocket && tellPeer(cause, socket)))
    },
    "undici:request:create": ({ request }) => {
      const cause = causes.getStore()
      if (cause !== undefined && typeof request === "object" && request !== null) fetches.set(request, cause)
    },
    "undici:client:sendHeaders": ({ request, socket }) => {
      const cause = typeof request === "object" && request !== null ? fetches.get(request) : undefined
      if (cause !== undefined && socket instanceof Socket) tellPeer(cause, socket)
    },
  }
  const subscriptions = Object.entries(channels).map(([name, take]) => {
    // The cast holds: Node and undici publish one object with named members on each of these.
    const listener = (message: unknown) => guarded(() => take(message as Readonly<Record<string, unknown>>))
    subscribe(name, listener)
    return () => unsubscribe(name, listener)
  })
  return {
    causedBy: (cause, task) => causes.run(cause, task),
    apart: (task) => causes.run(undefined, task),
    close: () => {
      for (const end of subscriptions.splice(0)) end()
    },
  }
}
