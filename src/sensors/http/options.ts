import type { Cidr, Millis } from "../../core/index.ts"

export interface GuardOptions {
  /** monitor: look along; block: hold each request back until the rules have seen it, and refuse it when they raise an alert. */
  readonly mode: "monitor" | "block"
  readonly trustedProxies: readonly Cidr[]
  /** Lower case. */
  readonly clientAddressHeader: string
  /** Bodies are inspected so far; the application gets them whole. */
  readonly bodyLimitBytes: number
  /** How long a body may take to come in while the request is held back (`block`); then `failMode` decides. */
  readonly bodyWaitMs: Millis
  /** A transaction that is not over by then is inspected as far as it has come, and again at its end. */
  readonly patienceMs: Millis
  /** How soon after a block what is under way for that client is cut. */
  readonly cutEveryMs: Millis
  /** What happens to a request when the guard itself fails. */
  readonly failMode: "open" | "closed"
  /** Look at the connections that the application opens because of a request. */
  readonly watchEgress: boolean
}

export const defaultGuardOptions: GuardOptions = {
  mode: "monitor",
  trustedProxies: [],
  clientAddressHeader: "x-forwarded-for",
  // ModSecurity's SecRequestBodyNoFilesLimit.
  bodyLimitBytes: 131_072,
  // A slow phone sends 128 KiB in this time.
  bodyWaitMs: 10_000,
  patienceMs: 1000,
  cutEveryMs: 500,
  failMode: "open",
  watchEgress: true,
}
