import type { ServerResponse } from "node:http"
import type { Duplex } from "node:stream"

const body = "refused\n"
// Says nothing about why: the header tells operators and tests apart what the application itself refused.
const headers = { "content-type": "text/plain", "x-thwart": "refused", connection: "close" }

/** 403, and the end of the connection. */
export function refuse(response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(403, headers)
  response.end(body)
}

/** The same on a socket that HTTP has let go of. */
export function refuseUpgrade(socket: Duplex): void {
  // The client may have gone already, and then nobody else listens.
  socket.on("error", () => undefined)
  const lines = Object.entries({ ...headers, "content-length": String(body.length) }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  socket.end(["HTTP/1.1 403 Forbidden", ...lines, "", body].join("\r\n"))
}
