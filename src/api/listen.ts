import { readFileSync } from "node:fs"
import type { FastifyInstance } from "fastify"
import { ThwartError } from "../core/index.ts"
import type { ApiOptions } from "./services.ts"

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Passwords and evidence do not cross a network in clear text unless somebody said that they may. */
export function refuseInsecure({ host, tls, insecure }: ApiOptions): void {
  if (isLoopback(host) || tls !== null || insecure) return
  throw new ThwartError(
    "THWART_LISTEN_INSECURE",
    `${host} is not loopback: give --tls-cert and --tls-key, or --insecure if something in front of it does the encryption`,
  )
}

export function tlsOf({ tls }: ApiOptions) {
  if (tls === null) return {}
  try {
    return { https: { cert: readFileSync(tls.cert), key: readFileSync(tls.key) } }
  } catch (cause) {
    throw new ThwartError("THWART_FILE_UNREADABLE", `the certificate ${tls.cert} or its key ${tls.key} can't be read`, {
      cause,
    })
  }
}

/** Resolves with the address that it answers on; THWART_LISTEN_FAILED says what to do. */
export async function listen(app: FastifyInstance, { host, port }: ApiOptions): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (cause) {
    throw new ThwartError("THWART_LISTEN_FAILED", `can't listen on ${host}:${port}: ${reasonOf(cause)}`, { cause })
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "something listens there already; is another Thwart running? Choose another port with --port",
  EACCES: "this user may not; choose a port above 1023 with --port",
  EADDRNOTAVAIL: "this machine does not have that address; choose another with --host",
  ENOTFOUND: "there is no such name; give an address with --host",
}

function reasonOf(cause: unknown): string {
  // The cast holds: only errors of the system have a code, and anything else has none.
  const code = (cause as { readonly code?: unknown } | null)?.code
  return (typeof code === "string" ? reasons[code] : undefined) ?? "the system refused it"
}
