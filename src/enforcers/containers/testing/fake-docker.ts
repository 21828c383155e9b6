import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A server on a unix socket that answers as a test says: for what a real engine can't be brought to do. */
export interface FakeDocker {
  readonly socket: string
  /** `GET /v1.44/…` of every request, in order. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

export type Reply = (request: IncomingMessage, response: ServerResponse) => void

export async function startFakeDocker(reply: Reply): Promise<FakeDocker> {
  const dir = mkdtempSync(join(tmpdir(), "thwart-docker-"))
  const socket = join(dir, "docker.sock")
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    reply(request, response)
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return {
    socket,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Answers the ping of an engine with this version, and leaves the rest to the test. */
export function pingThen(version: string, rest: Reply): Reply {
  return (request, response) => {
    if (request.url === "/_ping") response.setHeader("Api-Version", version).end("OK")
    else rest(request, response)
  }
}
