import { eventCategories } from "../../core/index.ts"
import { categoryOf } from "./action-tables.ts"
import { createFieldWriter } from "./field-writer.ts"
import { at, type JsonObject, textAt, timeOf } from "./json.ts"
import { createJsonLineReader } from "./json-lines.ts"
import type { EventReader } from "./reading.ts"

/** Fields of Falco that mean the same as ours; a later one counts only where those before it are missing. */
const names = [
  ["exe", "proc.exepath"],
  ["command", "proc.cmdline"],
  ["process.name", "proc.name"],
  ["process.pid", "proc.pid"],
  ["process.ppid", "proc.ppid"],
  ["process.cwd", "proc.cwd"],
  ["process.exe_upper_layer", "proc.is_exe_upper_layer"],
  ["process.exe_from_memory", "proc.is_exe_from_memfd"],
  ["parent.exe", "proc.pexepath"],
  ["parent.name", "proc.pname"],
  ["parent.command", "proc.pcmdline"],
  ["user", "user.name"],
  ["user", "user.uid"],
  ["user.id", "user.uid"],
  ["user.login", "user.loginname"],
  ["exit", "evt.rawres"],
  ["fd.number", "fd.num"],
  ["fd.type", "fd.type"],
  ["file.write", "evt.is_open_write"],
  ["connection.src_addr", "fd.cip"],
  ["connection.src_port", "fd.cport"],
  ["connection.dst_addr", "fd.sip"],
  ["connection.dst_addr", "fd.rip"],
  ["connection.dst_port", "fd.sport"],
  ["connection.dst_port", "fd.rport"],
  ["connection.protocol", "fd.l4proto"],
  ["kubernetes.namespace", "k8s.ns.name"],
  ["kubernetes.pod", "k8s.pod.name"],
] as const

/** Falco's alerts with `json_output`, one a line; `output_fields` holds what a rule's output names. */
export const createFalcoReader = (): EventReader => createJsonLineReader(read)

function read(value: JsonObject) {
  const rule = textAt(value, "rule")
  if (rule === undefined) return "line that is no Falco alert"
  const time = timeOf(value.time)
  if (time === undefined) return "event without a time"
  const fields = createFieldWriter()
  const output = value.output_fields
  const given = (name: string) => present(at(output, name))
  const action = String(given("evt.type") ?? "")
  fields.set("event_type", "falco")
  fields.set("time", time)
  fields.set("host", value.hostname)
  fields.set("rule", rule)
  fields.set("priority", textAt(value, "priority")?.toLowerCase())
  fields.set("tags", value.tags)
  fields.set("message", value.output)
  fields.set("action", action)
  fields.set("syscall", textAt(value, "source") === "syscall" || !("source" in value) ? action : undefined)
  // The device's number; none has the number 0.
  if (given("proc.tty") !== 0) fields.set("process.tty", given("proc.tty"))
  const kind = given("fd.type")
  fields.set("category", action === "" ? eventCategories.at(-1) : categoryOf(action))
  for (const [ours, theirs] of names) if (!fields.has(ours)) fields.set(ours, given(theirs))
  const result = given("evt.res")
  if (result !== undefined) fields.set("success", result === "SUCCESS")
  if (kind === "file" || kind === "directory" || kind === undefined) fields.set("file.path", pathOf(given("fd.name")))
  if (kind === "unix") fields.set("connection.path", given("fd.name"))
  if (kind === "ipv4" || kind === "ipv6" || kind === "unix") fields.set("connection.family", kind)
  setTuple(fields, given("fd.name"))
  setContainer(fields, given)
  return { at: time, fields: fields.done() }
}

/** What Falco writes where there is nothing. */
function present(value: unknown): unknown {
  return value === null || value === "<NA>" || value === "" || value === "N/A" ? undefined : value
}

function pathOf(name: unknown): string | undefined {
  return typeof name === "string" && name.startsWith("/") ? name : undefined
}

type Fields = ReturnType<typeof createFieldWriter>

/** A connection's name is its four ends: `10.0.0.5:40000->203.0.113.9:443`. */
function setTuple(fields: Fields, name: unknown): void {
  const ends = typeof name === "string" ? /^([^>]{2,45}):(\d{1,5})->([^>]{2,45}):(\d{1,5})$/.exec(name) : null
  if (ends === null) return
  const values = ["src_addr", "src_port", "dst_addr", "dst_port"] as const
  for (const [index, part] of values.entries())
    if (!fields.has(`connection.${part}`)) fields.set(`connection.${part}`, ends[index + 1])
}

/** `host` is Falco's word for no container. */
function setContainer(fields: Fields, given: (name: string) => unknown): void {
  const id = given("container.id")
  if (id === "host") return
  fields.set("container.id", id)
  fields.set("container.name", given("container.name"))
  const [image, tag] = [given("container.image.repository"), given("container.image.tag")]
  fields.set(
    "container.image",
    image === undefined ? given("container.image") : tag === undefined ? image : `${image}:${tag}`,
  )
}
