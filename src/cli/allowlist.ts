import type { NewAllowlistEntry } from "../api/contract/index.ts"
import {
  type AllowlistEntry,
  allowlistSubjectOf,
  canonicalHost,
  holds,
  hostName,
  parseCidr,
  parseRange,
  prefixesOf,
  ThwartError,
} from "../core/index.ts"
import { inShort } from "./duration.ts"
import type { Column } from "./text.ts"

export type Subject = Pick<NewAllowlistEntry, "prefix" | "range" | "host" | "asn">

/** Reads an address, a prefix, a range, an AS number or a host name; throws THWART_USAGE for anything else. */
export function subjectFrom(text: string): Subject {
  const prefix = parseCidr(text)
  if (prefix !== undefined) return { prefix }
  if (parseRange(text) !== undefined) return { range: text.replace(/\s/g, "") }
  const [, asn] = /^as(\d{1,10})$/i.exec(text) ?? []
  if (asn !== undefined) return { asn: Number(asn) }
  const host = hostName.safeParse(text)
  if (host.success && text.includes(".")) return { host: canonicalHost(text) }
  throw new ThwartError(
    "THWART_USAGE",
    `"${text}" is no address (192.0.2.7), prefix (192.0.2.0/24), range (192.0.2.10-192.0.2.20), AS number (AS64500) or host name (office.example.com)`,
  )
}

const most = 3

/** The columns of the allowlist wherever it is shown. */
export function allowlistColumns(now: number): readonly Column<AllowlistEntry>[] {
  return [
    { name: "what", of: allowlistSubjectOf },
    { name: "stands for", of: standsFor, flexible: true },
    { name: "where", of: ({ nodes = [] }) => (nodes.length === 0 ? "everywhere" : nodes.join(", ")), flexible: true },
    {
      name: "ends in",
      of: (entry) => (entry.expiresAt === null ? "never" : holds(entry, now) ? inShort(entry.expiresAt - now) : "over"),
    },
    { name: "owner", of: ({ owner }) => owner },
    { name: "comment", of: ({ comment }) => comment, flexible: true },
    { name: "id", of: ({ id }) => id },
  ]
}

function standsFor(entry: AllowlistEntry): string {
  if (entry.host === undefined) return "-"
  const prefixes = prefixesOf(entry).map((one) => one.replace(/\/(32|128)$/, ""))
  const shown = prefixes.length > most ? `${prefixes.slice(0, most).join(", ")}, …` : prefixes.join(", ")
  return entry.problem ? `${shown} (last known; ${entry.problem})` : shown
}
