import { AsyncLocalStorage } from "node:async_hooks"
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { Socket } from "node:net"

/** A connection that this process opened while it worked for a request, or later because of it. */
export interface Egress<C> {
  readonly cause: C
  readonly address: string
  readonly port: number
  readonly localAddress: string
  readonly localPort: number
  readonly hostname: string | null
}

export interface EgressWatch<C> {
  /** Whatever connects inside of `task`, and in what it leaves running, is told with this cause. */
  causedBy<T>(cause: C, task: () => T): T
  close(): void
}

/**
 * Tells of every TCP connection that this process opens because of a request: Node announces each client socket on the channel
 * `net.client.socket`, in the asynchronous context of whoever asked for it. A connection that is used again is told once.
 */
export function watchEgress<C>(onEgress: (egress: Egress<C>) => void): EgressWatch<C> {
  const causes = new AsyncLocalStorage<C>()

  const onSocket = (message: unknown) => {
    const cause = causes.getStore()
    const socket = socketOf(message)
    if (cause === undefined || socket === undefined) return
    let hostname: string | null = null
    socket.once("lookup", (_error: unknown, _address: unknown, _family: unknown, host: unknown) => {
      hostname = typeof host === "string" ? host : null
    })
    socket.once("connect", () => {
      const { remoteAddress, remotePort, localAddress, localPort } = socket
      if (remoteAddress === undefined || remotePort === undefined) return
      onEgress({
        cause,
        address: remoteAddress,
        port: remotePort,
        localAddress: localAddress ?? "",
        localPort: localPort ?? 0,
        hostname,
      })
    })
  }
  subscribe("net.client.socket", onSocket)
  return { causedBy: (cause, task) => causes.run(cause, task), close: () => unsubscribe("net.client.socket", onSocket) }
}

function socketOf(message: unknown): Socket | undefined {
  const socket = typeof message === "object" && message !== null && "socket" in message ? message.socket : undefined
  return socket instanceof Socket ? socket : undefined
}
