import { type IpAddress, type Latin1, type Millis, parseAddress } from "../../core/index.ts"
import { readLogTime, readQuoted } from "./log-field.ts"

/** A line of nginx's or Apache's `common`, `combined` or `vhost_combined` format. */
export interface AccessLine {
  readonly virtualHost: string | null
  readonly virtualPort: number | null
  readonly client: IpAddress
  readonly user: string | null
  readonly at: Millis
  readonly requestLine: Latin1
  readonly status: number
  readonly sizeBytes: number
  readonly referer: Latin1 | null
  readonly userAgent: Latin1 | null
}

/** The line's parts, or why they can't be had. */
export function parseAccessLine(line: Latin1, readTime = readLogTime): AccessLine | string {
  const open = line.indexOf(" [")
  const close = line.indexOf("] ", open)
  if (open < 0 || close < 0) return "line without a time"
  const who = readWho(line.slice(0, open))
  if (who === undefined) return "line without a client address"
  const at = readTime(line.slice(open + 2, close))
  if (at === undefined) return "line with an unreadable time"
  const request = readQuoted(line, close + 2)
  if (request === undefined) return "line without a request"
  const result = /^ (\d{3}) (\d+|-)(?: |$)/.exec(line.slice(request.end + 1, request.end + 40))
  if (result === null) return "line without a status"
  const [matched, status, size] = result
  const referer = readQuoted(line, request.end + 1 + matched.length)
  const userAgent = referer === undefined ? undefined : readQuoted(line, referer.end + 2)
  return {
    ...who,
    at,
    requestLine: request.text,
    status: Number(status),
    sizeBytes: size === "-" ? 0 : Number(size),
    referer: textOf(referer?.text),
    userAgent: textOf(userAgent?.text),
  }
}

function readWho(text: string): Pick<AccessLine, "virtualHost" | "virtualPort" | "client" | "user"> | undefined {
  // A user name may hold spaces; the fields before it may not.
  const [first = "", second = "", ...rest] = text.split(" ", 64)
  const user = (words: readonly string[]) => textOf(words.join(" ")) // The identity (RFC 1413) before it is always "-".
  const client = parseAddress(first)
  if (client !== undefined) return { virtualHost: null, virtualPort: null, client, user: user(rest) }
  const behind = parseAddress(second)
  if (behind === undefined) return undefined
  const [, host = first, port] = /^(.*):(\d{1,5})$/.exec(first) ?? []
  const virtualPort = port === undefined || Number(port) > 65_535 ? null : Number(port)
  return { virtualHost: host, virtualPort, client: behind, user: user(rest.slice(1)) }
}

function textOf(text: string | undefined): string | null {
  return text === undefined || text === "" || text === "-" ? null : text
}
