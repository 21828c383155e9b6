import type { Duplex } from "node:stream"
import type { IpAddress, Millis } from "../../core/index.ts"

/** The connections with something under way: answers that take long, and those that left HTTP. */
export interface InFlight {
  /** Gives a way to say that it is over. */
  track(connection: Duplex, client: IpAddress): () => void
  cut(): number
  close(): void
}

interface InFlightDeps {
  readonly isBlocked: (client: IpAddress) => boolean
  readonly onError: (error: unknown) => void
}

/** Cuts what is under way for a client that was blocked meanwhile. Their number is what the server lets in. */
export function createInFlight(
  { isBlocked, onError }: InFlightDeps,
  { everyMs }: { readonly everyMs: Millis },
): InFlight {
  const going = new Set<{ readonly connection: Duplex; readonly client: IpAddress }>()
  let cut = 0
  let timer: NodeJS.Timeout | undefined

  const sweep = () => {
    try {
      for (const { connection, client } of going) {
        if (connection.destroyed || !isBlocked(client)) continue
        cut++
        connection.destroy()
      }
    } catch (error) {
      onError(error)
    }
  }
  const stop = () => {
    clearInterval(timer)
    timer = undefined
  }
  return {
    track: (connection, client) => {
      const one = { connection, client }
      going.add(one)
      timer ??= setInterval(sweep, everyMs).unref()
      return () => {
        going.delete(one)
        if (going.size === 0) stop()
      }
    },
    cut: () => cut,
    close: () => {
      going.clear()
      stop()
    },
  }
}
