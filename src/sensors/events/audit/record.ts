import { utf8 } from "../reading.ts"

/** One record of the audit log: `type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e …`. */
export interface AuditRecord {
  readonly type: string
  /** Milliseconds. */
  readonly at: number
  /** Together with the time it tells which records are of one event. */
  readonly serial: string
  readonly node: string | undefined
  readonly values: AuditValues
}

/** The fields of a record. A value is `quoted` where it stood in double quotes: what is not may be hexadecimal digits. */
export type AuditValues = ReadonlyMap<string, { readonly text: string; readonly quoted: boolean }>

// As auditd writes it, and as syslog and the kernel's own log do, with something before it and a number for the type.
const head =
  /(?:^|\s)(?:node=(\S{1,255}) )?type=(?:UNKNOWN\[)?([A-Z0-9_]{1,40})\]? (?:msg=)?audit\((\d{1,11})\.(\d{3}):(\d{1,20})\):? ?/
const longestHead = 400
// Behind this byte stand the same fields again, in names instead of numbers (auditd.conf: log_format = ENRICHED).
const enrichedMark = "\x1d"
const mostValues = 300

/** Undefined for what is no audit record. */
export function readAuditLine(line: string): AuditRecord | undefined {
  const found = head.exec(line.slice(0, longestHead))
  if (found === null) return undefined
  const [whole, node, type = "", seconds = "", fraction = "", serial = ""] = found
  const rest = line.slice(found.index + whole.length)
  return {
    type: typeNames.get(type) ?? type,
    at: Number(seconds) * 1000 + Number(fraction),
    serial,
    node,
    values: readValues(rest),
  }
}

// A name begins where no name goes on: a line of letters alone is not looked at again from each of them.
const pair = /(?<![\w-])([A-Za-z_][\w-]*(?:\[\d+\])?)=(?:"([^"]*)"|(\{[^}]{0,1000}\})|([^\s\x1d]*))/g

/** Names of numbers (`UID="root"`) stand under their own names, in capitals. What stands in `msg='…'` is read too. */
export function readValues(text: string): AuditValues {
  const values = new Map<string, { text: string; quoted: boolean }>()
  for (const part of text.split(enrichedMark, 2)) {
    const { outer, inner } = apart(part)
    // First what the kernel says: nothing that a program wrote takes its place.
    collect(outer, values)
    collect(inner, values)
  }
  return values
}

/** What a program wrote stands between the first and the last single quote; names in it may have such quotes themselves. */
function apart(text: string): { readonly outer: string; readonly inner: string } {
  const open = text.indexOf("msg='")
  const close = text.lastIndexOf("'")
  if (open < 0 || close < open + 5) return { outer: text, inner: "" }
  return { outer: `${text.slice(0, open)}${text.slice(close + 1)}`, inner: text.slice(open + 5, close) }
}

function collect(text: string, values: Map<string, { text: string; quoted: boolean }>): void {
  for (const [, name = "", quoted, braces, bare = ""] of text.matchAll(pair)) {
    if (values.size >= mostValues) return
    if (!values.has(name)) values.set(name, { text: quoted ?? braces ?? bare, quoted: quoted !== undefined })
  }
}

/** A number or a name: what stands there; undefined where the kernel or auditd says that there is none. */
export function plain(values: AuditValues, name: string): string | undefined {
  const value = values.get(name)
  if (value === undefined || (!value.quoted && /^(?:|\?|\(null\)|\(none\)|unset)$/.test(value.text))) return undefined
  return value.quoted ? utf8(value.text) : value.text
}

/** A text that others wrote: in quotes as it is, else as hexadecimal digits (audit_log_untrustedstring). */
export function decoded(values: AuditValues, name: string): string | undefined {
  const value = values.get(name)
  if (value === undefined) return undefined
  if (!value.quoted && value.text.length > 1 && /^(?:[0-9A-F]{2})+$/.test(value.text))
    return Buffer.from(value.text, "hex").toString("utf8")
  return plain(values, name)
}

/** Numbers of records as the kernel's own log and go-audit write them (uapi/linux/audit.h, libaudit.h). */
const typeNames: ReadonlyMap<string, string> = new Map([
  ["1006", "LOGIN"],
  ["1100", "USER_AUTH"],
  ["1101", "USER_ACCT"],
  ["1102", "USER_MGMT"],
  ["1103", "CRED_ACQ"],
  ["1104", "CRED_DISP"],
  ["1105", "USER_START"],
  ["1106", "USER_END"],
  ["1108", "USER_CHAUTHTOK"],
  ["1109", "USER_ERR"],
  ["1110", "CRED_REFR"],
  ["1112", "USER_LOGIN"],
  ["1113", "USER_LOGOUT"],
  ["1114", "ADD_USER"],
  ["1115", "DEL_USER"],
  ["1116", "ADD_GROUP"],
  ["1117", "DEL_GROUP"],
  ["1123", "USER_CMD"],
  ["1130", "SERVICE_START"],
  ["1131", "SERVICE_STOP"],
  ["1300", "SYSCALL"],
  ["1302", "PATH"],
  ["1305", "CONFIG_CHANGE"],
  ["1306", "SOCKADDR"],
  ["1307", "CWD"],
  ["1309", "EXECVE"],
  ["1320", "EOE"],
  ["1327", "PROCTITLE"],
  ["1400", "AVC"],
])

export const recordTypeName = (number: number): string => typeNames.get(String(number)) ?? String(number)
