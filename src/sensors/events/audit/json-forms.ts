import type { EventFields } from "../../../core/index.ts"
import type { Line } from "../../input/index.ts"
import { categoryOf } from "../action-tables.ts"
import { createFieldWriter } from "../field-writer.ts"
import { at, isObject, listAt, parseJson, textAt, timeOf } from "../json.ts"
import { type Reading, rawOf, unread, utf8 } from "../reading.ts"
import { auditFields } from "./event.ts"
import { type AuditRecord, readValues, recordTypeName } from "./record.ts"

const mostRecords = 200

/** One line of JSON: an event of Auditbeat's auditd module, or of go-audit. */
export function readAuditJson(line: Line): Reading {
  const text = utf8(line.text)
  const value = parseJson(text)
  if (!isObject(value)) return unread("line that is no JSON", line)
  const event = Array.isArray(value.messages) ? goAudit(value) : isObject(value.auditd) ? auditbeat(value) : undefined
  if (event === undefined) return unread("line that is no audit record", line)
  if (event.at === undefined) return unread("event without a time", line)
  return { kind: "event", at: event.at, fields: event.fields, raw: rawOf(text), line: line.number }
}

interface Read {
  readonly at: number | undefined
  readonly fields: EventFields
}

/** `{"sequence":1,"timestamp":"1459447820.317","messages":[{"type":1300,"data":"arch=…"}],"uid_map":{"0":"root"}}` */
function goAudit(value: unknown): Read {
  const [, seconds, fraction] = /^(\d{1,11})\.(\d{3})$/.exec(textAt(value, "timestamp") ?? "") ?? []
  const time = seconds === undefined ? undefined : Number(seconds) * 1000 + Number(fraction)
  const serial = String(at(value, "sequence"))
  const records = listAt(value, "messages")
    .slice(0, mostRecords)
    .flatMap((message): readonly AuditRecord[] => {
      const [type, data] = [at(message, "type"), at(message, "data")]
      if (typeof type !== "number" || typeof data !== "string") return []
      // As bytes, since that is what is read.
      const values = readValues(Buffer.from(data, "utf8").toString("latin1"))
      return [{ type: recordTypeName(type), at: time ?? 0, serial, node: undefined, values }]
    })
  const map = at(value, "uid_map")
  const names = Object.entries(isObject(map) ? map : {}).flatMap(([id, name]) =>
    typeof name === "string" && name !== "UNKNOWN_USER" ? [[id, name] as const] : [],
  )
  return { at: time, fields: auditFields(records, new Map(names)) }
}

/** Fields after the Elastic Common Schema, and `auditd.data` for what that has no place for. */
function auditbeat(value: unknown): Read {
  const fields = createFieldWriter()
  const time = timeOf(at(value, "@timestamp"))
  const data = at(value, "auditd", "data")
  const syscall = textAt(data, "syscall")
  const action =
    syscall ?? (textAt(value, "auditd", "message_type") ?? textAt(value, "event", "type") ?? "").toLowerCase()
  const result = textAt(value, "auditd", "result")
  fields.set("event_type", "audit")
  fields.set("time", time)
  fields.set("host", at(value, "host", "name") ?? at(value, "agent", "hostname") ?? at(value, "beat", "hostname"))
  fields.set("action", action)
  fields.set("category", categoryOf(action))
  fields.set("syscall", syscall)
  if (result !== undefined) fields.set("success", result === "success")
  fields.set("exit", at(data, "exit"))
  fields.set("session", at(value, "auditd", "session"))
  fields.set("tags", at(value, "tags"))
  fields.set("exe", at(value, "process", "executable") ?? at(value, "process", "exe"))
  fields.set("process.name", at(value, "process", "name"))
  fields.set("process.pid", at(value, "process", "pid"))
  fields.set("process.ppid", at(value, "process", "parent", "pid") ?? at(value, "process", "ppid"))
  fields.set("process.cwd", at(value, "process", "working_directory") ?? at(value, "process", "cwd"))
  fields.set("process.tty", at(data, "tty") ?? at(data, "terminal"))
  const args = listAt(value, "process", "args")
  fields.set("arguments", args)
  fields.set("command", args.length > 0 ? args.join(" ") : at(value, "process", "title"))
  fields.set("user.id", at(value, "user", "id") ?? at(value, "user", "uid"))
  fields.set(
    "user",
    at(data, "acct") ?? at(value, "user", "name") ?? at(value, "user", "name_map", "uid") ?? at(value, "user", "id"),
  )
  fields.set("user.effective_id", at(value, "user", "effective", "id"))
  fields.set("user.effective", at(value, "user", "effective", "name"))
  fields.set("user.login_id", at(value, "user", "audit", "id"))
  fields.set("user.login", at(value, "user", "audit", "name"))
  fields.set("file.path", at(value, "file", "path"))
  fields.set("connection.src_addr", at(value, "source", "ip"))
  fields.set("connection.src_port", at(value, "source", "port"))
  fields.set("connection.dst_addr", at(value, "destination", "ip"))
  fields.set("connection.dst_port", at(value, "destination", "port"))
  fields.set("connection.path", at(value, "destination", "path"))
  return { at: time, fields: fields.done() }
}
