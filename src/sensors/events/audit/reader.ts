import type { Line } from "../../input/index.ts"
import { type EventReader, type EventRecord, type Reading, rawOf, unread, utf8 } from "../reading.ts"
import { auditFields } from "./event.ts"
import { readAuditJson } from "./json-forms.ts"
import { type AuditRecord, readAuditLine } from "./record.ts"

interface Group {
  readonly records: AuditRecord[]
  readonly lines: string[]
  readonly first: Line
}

// Records of different events are mixed where several processors write; never as far apart as this.
const mostOpen = 64
const mostApartMs = 2000
// The kernel writes the title of the process behind everything else; `EOE`, which follows it, is not in every log.
const last = "PROCTITLE"
// rename(2) has seven; execve(2) one more for every piece of a long argument.
const mostRecords = 200

// Records that a program writes by itself: nothing follows them.
const alone = /^(?:USER_|CRED_|SERVICE_|ADD_|DEL_|GRP_|ACCT_|SYSTEM_|DAEMON_|ROLE_|CRYPTO_|USYS_)/

/** Linux audit: the lines of auditd, syslog or the kernel's own log; or the JSON of Auditbeat and go-audit. */
export function createAuditReader(): EventReader {
  const open = new Map<string, Group>()

  const close = (key: string): readonly Reading[] => {
    const group = open.get(key)
    open.delete(key)
    return group === undefined ? [] : [eventOf(group)]
  }

  /** The oldest, once nothing more of it can come. */
  const closeOldest = (now: number): readonly Reading[] => {
    const [[key, { records } = { records: [] }] = [""]] = open
    return open.size > mostOpen || (records[0]?.at ?? now) + mostApartMs < now ? close(key) : []
  }

  const add = (record: AuditRecord, line: Line): readonly Reading[] => {
    const key = `${record.node ?? ""} ${record.at} ${record.serial}`
    const known = open.get(key)
    if (record.type === "EOE") return close(key)
    if (known === undefined && alone.test(record.type))
      return [eventOf({ records: [record], lines: [line.text], first: line })]
    if (known === undefined) open.set(key, { records: [record], lines: [line.text], first: line })
    else if (known.records.length >= mostRecords) return [unread("record over the limit of its event", line)]
    else {
      known.records.push(record)
      known.lines.push(line.text)
    }
    return record.type === last ? close(key) : closeOldest(record.at)
  }

  return {
    take: (line) => {
      if (line.text.startsWith("{")) return [readAuditJson(line)]
      const record = readAuditLine(line.text)
      return record === undefined ? [unread("line that is no audit record", line)] : add(record, line)
    },
    finish: () => {
      const rest = [...open.values()].map(eventOf)
      open.clear()
      return rest
    },
  }
}

function eventOf({ records, lines, first }: Group): EventRecord {
  return {
    kind: "event",
    at: records[0]?.at ?? 0,
    fields: auditFields(records),
    raw: rawOf(utf8(lines.join("\n"))),
    line: first.number,
  }
}
