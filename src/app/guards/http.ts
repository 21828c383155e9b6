import type { RequestListener } from "node:http"
import type { Guard, UpgradeListener } from "../../sensors/http/index.ts"
import { guardOf, type ThwartOptions } from "./guard.ts"

export type { Alert } from "../../core/index.ts"
export type { Guard, GuardCounters } from "../../sensors/http/index.ts"
export type { ThwartOptions } from "./guard.ts"

/**
 * A guard for plain `node:http`.
 *
 * @example
 * const guard = thwart({ mode: "block" })
 * const server = createServer(guard.wrap(application))
 * server.on("upgrade", guard.wrapUpgrade(webSockets))
 */
export function thwart(options: ThwartOptions = {}): Guard {
  return guardOf(options)
}

export type { RequestListener, UpgradeListener }
