import {
  type Alert,
  type Cidr,
  covers,
  createIds,
  type IpAddress,
  messageOf,
  parseCidr,
  systemClock,
  ThwartError,
} from "../../core/index.ts"
import { createDetector, defaultThresholds, enableLinearRegexFallback, loadRules } from "../../detection/index.ts"
import { createGuard, defaultGuardOptions, type Guard } from "../../sensors/http/index.ts"
import { thisNode } from "../node.ts"
import { chosenRules } from "../rule-choice.ts"

/** How an application is guarded; every setting has a default. */
export interface ThwartOptions {
  /** `monitor` looks along and refuses nobody; `block` holds each request back until the rules have seen it. Default: monitor. */
  readonly mode?: "monitor" | "block"
  /** SecLang files, folders, or names of what `thwart rules fetch` fetched (`crs`). Default: the starter rules that come with Thwart. */
  readonly rules?: readonly string[]
  /** Where what was fetched is. Default: as of the command line (THWART_DATA, /var/lib/thwart for root, else ~/.thwart). */
  readonly dataDir?: string
  /** The Core Rule Set's paranoia level (1 to 4), unless its setup says another. */
  readonly paranoiaLevel?: number
  /** The score from which on a request is an attack, unless the rules set one. Default: 5, one critical rule. */
  readonly threshold?: number
  /** Addresses and prefixes whose requests are looked at and never refused. */
  readonly allow?: readonly string[]
  /** Addresses and prefixes of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[]
  /** Bytes of a body that are inspected (SecRequestBodyNoFilesLimit); the application gets all of it. Default: 131,072. */
  readonly bodyLimitBytes?: number
  /** What happens to a request when the guard itself fails. Default: open. */
  readonly failMode?: "open" | "closed"
  /** True refuses whoever it is told of, before anything else of the request is looked at. */
  readonly isBlocked?: (address: string) => boolean
  readonly onAlert?: (alert: Alert) => void
  /** What went wrong in the guard; by default it is a warning of the process. */
  readonly onError?: (error: unknown) => void
}

/** Builds a guard with its rules; throws THWART_RULES_INVALID, THWART_ADDRESS_INVALID or THWART_USAGE for what can't hold. */
export function guardOf(options: ThwartOptions = {}): Guard {
  enableLinearRegexFallback()
  const { paranoiaLevel, threshold } = options
  const choice = { rules: options.rules ?? [], paranoiaLevel, dataDir: options.dataDir }
  const ids = createIds(systemClock)
  const rules = loadRules(...chosenRules(choice))
  const inbound = threshold ?? defaultThresholds.inbound
  const friends = prefixesOf(options.allow ?? [])
  const { isBlocked } = options
  return createGuard(
    {
      detector: createDetector({ ids, rules }, { inbound }),
      clock: systemClock,
      ids,
      node: thisNode(null),
      blockOf: (address) => (isBlocked?.(address) === true ? { expiresAt: null } : undefined),
      isFriend: (address: IpAddress) => friends.some((prefix) => covers(prefix, address)),
      onAlert: options.onAlert ?? (() => undefined),
      onError: options.onError ?? ((error) => process.emitWarning(`thwart: ${messageOf(error)}`)),
    },
    {
      mode: options.mode ?? defaultGuardOptions.mode,
      trustedProxies: prefixesOf(options.trustedProxies ?? []),
      bodyLimitBytes: options.bodyLimitBytes ?? defaultGuardOptions.bodyLimitBytes,
      failMode: options.failMode ?? defaultGuardOptions.failMode,
    },
  )
}

function prefixesOf(list: readonly string[]): readonly Cidr[] {
  return list.map((text) => {
    const prefix = parseCidr(text)
    if (prefix === undefined) throw new ThwartError("THWART_ADDRESS_INVALID", `"${text}" is not an address or a prefix`)
    return prefix
  })
}
