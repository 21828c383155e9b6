import { posix } from "node:path"
import type { EventFields } from "../../../core/index.ts"
import { categoryOf, changing } from "../action-tables.ts"
import { createFieldWriter, type FieldWriter } from "../field-writer.ts"
import { type AuditRecord, type AuditValues, decoded, plain } from "./record.ts"
import { readSocketAddress } from "./socket-address.ts"
import { syscallName } from "./syscall-tables.ts"

// Not set: (uid_t) -1.
const unset = new Set(["4294967295", "-1"])
const mostArguments = 100

/** The records of one event (one serial) as fields. */
export function auditFields(
  records: readonly AuditRecord[],
  names: ReadonlyMap<string, string> = new Map(),
): EventFields {
  const fields = createFieldWriter()
  const of = (type: string) => records.filter((record) => record.type === type).map(({ values }) => values)
  const [syscall] = of("SYSCALL")
  const main = syscall ?? records[0]?.values ?? new Map()
  const action = (syscall && nameOf(syscall)) ?? (records[0]?.type ?? "").toLowerCase()
  fields.set("event_type", "audit")
  fields.set("time", records[0]?.at)
  fields.set("host", records[0]?.node)
  fields.set("action", action)
  fields.set("category", categoryOf(action))
  if (syscall !== undefined) setSyscall(fields, syscall, action)
  setProcess(fields, main)
  setUsers(fields, main, names)
  if (syscall === undefined) setUserspace(fields, main)
  setCommand(fields, of("EXECVE"), of("PROCTITLE")[0])
  setFiles(fields, { paths: of("PATH"), cwd: of("CWD")[0], syscall, action })
  setSocket(fields, of("SOCKADDR")[0], action)
  return fields.done()
}

function nameOf(values: AuditValues): string | undefined {
  const number = plain(values, "syscall")
  const named = plain(values, "SYSCALL")
  return named ?? syscallName(plain(values, "arch") ?? "", number ?? "", plain(values, "a0")) ?? number
}

function setSyscall(fields: FieldWriter, values: AuditValues, action: string): void {
  fields.set("syscall", action)
  const success = plain(values, "success")
  if (success !== undefined) fields.set("success", success === "yes")
  fields.set("exit", plain(values, "exit"))
  fields.set("rule", decoded(values, "key")?.replaceAll("\x01", " "))
}

function setProcess(fields: FieldWriter, values: AuditValues): void {
  fields.set("exe", decoded(values, "exe"))
  fields.set("process.name", decoded(values, "comm"))
  fields.set("process.pid", plain(values, "pid"))
  fields.set("process.ppid", plain(values, "ppid"))
  fields.set("process.tty", plain(values, "tty") ?? plain(values, "terminal"))
  const session = plain(values, "ses")
  if (session !== undefined && !unset.has(session)) fields.set("session", session)
}

function setUsers(fields: FieldWriter, values: AuditValues, names: ReadonlyMap<string, string>): void {
  const ids = [
    ["uid", "user", "user.id"],
    ["euid", "user.effective", "user.effective_id"],
    ["auid", "user.login", "user.login_id"],
  ] as const
  for (const [key, nameField, idField] of ids) {
    const id = plain(values, key)
    if (id === undefined || unset.has(id)) continue
    fields.set(idField, id)
    // Only of root is the name known by the number alone.
    fields.set(nameField, plain(values, key.toUpperCase()) ?? names.get(id) ?? (id === "0" ? "root" : id))
  }
}

/** A record of a program such as sshd or sudo: `op=login acct="ada" addr=203.0.113.9 res=failed`. */
function setUserspace(fields: FieldWriter, values: AuditValues): void {
  const result = plain(values, "res") ?? plain(values, "result")
  if (result !== undefined) fields.set("success", result === "success" || result === "1" || result === "yes")
  const account = decoded(values, "acct")
  if (account !== "?") fields.set("user", account)
  fields.set("connection.src_addr", plain(values, "addr"))
  fields.set("command", decoded(values, "cmd"))
  fields.set("process.cwd", decoded(values, "cwd"))
  fields.set("message", plain(values, "op"))
}

function setCommand(fields: FieldWriter, execve: readonly AuditValues[], proctitle: AuditValues | undefined): void {
  const args = argumentsOf(execve)
  fields.set("arguments", args)
  // The title is what the process says of itself, cut at 128 bytes; its parts are separated by zeros.
  const title = proctitle && decoded(proctitle, "proctitle")?.replace(/\0+$/, "").replaceAll("\0", " ")
  fields.set("command", args.length > 0 ? args.join(" ") : title)
}

/** `a0="sh" a1="-c" a2=6563…`; a long one in pieces: `a2_len=9000 a2[0]=… a2[1]=…`, over several records. */
function argumentsOf(records: readonly AuditValues[]): readonly string[] {
  const pieces = new Map<number, string>()
  for (const values of records)
    for (const name of values.keys()) {
      const index = /^a(\d{1,4})(?:\[\d+\])?$/.exec(name)?.[1]
      if (index === undefined || Number(index) >= mostArguments) continue
      pieces.set(Number(index), `${pieces.get(Number(index)) ?? ""}${decoded(values, name) ?? ""}`)
    }
  return [...pieces].sort(([one], [other]) => one - other).map(([, text]) => text)
}

interface Files {
  readonly paths: readonly AuditValues[]
  readonly cwd: AuditValues | undefined
  readonly syscall: AuditValues | undefined
  readonly action: string
}

// What a record of a path is to the event: made things before what was removed, those before what was only named.
const ranks: readonly string[] = ["CREATE", "DELETE", "NORMAL", "UNKNOWN", ""]

function setFiles(fields: FieldWriter, { paths, cwd, syscall, action }: Files): void {
  const folder = cwd && decoded(cwd, "cwd")
  fields.set("process.cwd", folder)
  const named = paths
    // Before Linux 3.15 it was called objtype.
    .map((values) => ({
      path: decoded(values, "name"),
      type: plain(values, "nametype") ?? plain(values, "objtype") ?? "",
    }))
    .filter(({ type }) => type !== "PARENT")
    .map(({ path, type }) => ({ path, rank: ranks.indexOf(type) }))
    .flatMap(({ path, rank }) => (path === undefined ? [] : [{ path: absolute(path, folder, syscall, action), rank }]))
  fields.set(
    "file.paths",
    named.map(({ path }) => path),
  )
  fields.set("file.path", [...named].sort((one, other) => one.rank - other.rank)[0]?.path)
  if (named.length > 0 && syscall !== undefined && categoryOf(action) === "file")
    fields.set("file.write", changing.has(action) || opensForWriting(syscall, action))
}

/** A path from a folder other than the working directory stays as it is: which folder it is, the records do not tell. */
function absolute(path: string, folder: string | undefined, syscall: AuditValues | undefined, action: string): string {
  if (path.startsWith("/")) return posix.normalize(path)
  const fromElsewhere = /at2?$/.test(action) && !/^f{0,8}ffffff9c$/.test((syscall && plain(syscall, "a0")) ?? "")
  return folder === undefined || fromElsewhere ? path : posix.normalize(`${folder}/${path}`)
}

/** O_WRONLY, O_RDWR, O_CREAT, O_TRUNC (uapi/asm-generic/fcntl.h). */
function opensForWriting(syscall: AuditValues, action: string): boolean {
  const flags = plain(syscall, action === "open" ? "a1" : "a2")
  if (!/^open(at)?$/.test(action) || flags === undefined) return false
  return (Number.parseInt(flags.slice(-8), 16) & 0o1103) !== 0
}

function setSocket(fields: FieldWriter, values: AuditValues | undefined, action: string): void {
  const socket = values && readSocketAddress(plain(values, "saddr") ?? "")
  if (socket === undefined) return
  fields.set("connection.family", socket.family)
  if (socket.family === "unix") fields.set("connection.path", socket.path)
  if (!("address" in socket)) return
  // Who accepts or receives names its peer, who binds itself; everybody else the other side.
  const side = /^(?:accept4?|recvfrom|recvmsg|bind)$/.test(action) ? "src" : "dst"
  fields.set(`connection.${side}_addr`, socket.address)
  fields.set(`connection.${side}_port`, socket.port)
}
