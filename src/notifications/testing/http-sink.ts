import { createServer, type IncomingHttpHeaders } from "node:http"

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Answer {
  readonly status: number
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A real HTTP server that keeps what it was sent, and answers as it is told to. */
export async function startSink(
  answer: (received: Received, index: number) => Answer | "hang up" = () => ({ status: 200 }),
) {
  const received: Received[] = []
  let waiting: (() => void)[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const one = { path: request.url ?? "", headers: request.headers, text: Buffer.concat(parts).toString("utf8") }
    received.push(one)
    const said = answer(one, received.length - 1)
    if (said === "hang up") request.socket.destroy()
    else response.writeHead(said.status, { ...said.headers }).end(said.text ?? "ok")
    for (const wake of waiting) wake()
    waiting = []
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const bound = server.address()
  const port = bound !== null && typeof bound === "object" ? bound.port : 0
  return {
    received,
    url: `http://127.0.0.1:${port}`,
    /** Resolves when so many requests were received. */
    until: async (count: number) => {
      while (received.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
