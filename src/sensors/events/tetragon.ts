import { categoryOf } from "./action-tables.ts"
import { createFieldWriter, type FieldWriter } from "./field-writer.ts"
import { at, isObject, type JsonObject, listAt, textAt, timeOf } from "./json.ts"
import { createJsonLineReader } from "./json-lines.ts"
import type { EventReader } from "./reading.ts"

/** Events of Tetragon's JSON export (api/v1/tetragon/events.proto), one a line. */
export const createTetragonReader = (): EventReader => createJsonLineReader(read)

const kinds = [
  "process_exec",
  "process_exit",
  "process_kprobe",
  "process_tracepoint",
  "process_lsm",
  "process_uprobe",
  "process_usdt",
  "process_loader",
] as const

/** Kernel functions that policies hook, and what they are to a user. */
const functions: ReadonlyMap<string, string> = new Map([
  ["tcp_connect", "connect"],
  ["tcp_v4_connect", "connect"],
  ["tcp_v6_connect", "connect"],
  ["security_socket_connect", "connect"],
  ["socket_connect", "connect"],
  ["udp_sendmsg", "sendto"],
  ["ip_send_skb", "sendto"],
  ["tcp_sendmsg", "sendmsg"],
  ["tcp_close", "close_connection"],
  ["inet_csk_accept", "accept"],
  ["inet_csk_listen_start", "listen"],
  ["security_bprm_check", "execve"],
  ["bprm_check_security", "execve"],
  ["security_file_permission", "access_file"],
  ["file_permission", "access_file"],
  ["security_mmap_file", "access_file"],
  ["file_open", "open"],
  ["security_file_open", "open"],
  ["fd_install", "open"],
  ["security_path_truncate", "truncate"],
  ["path_truncate", "truncate"],
  ["do_init_module", "init_module"],
])

/** Actions that are no system calls. */
const ours: ReadonlySet<string> = new Set(["access_file", "close_connection", ...kinds])

function read(value: JsonObject) {
  const kind = kinds.find((name) => isObject(value[name]))
  if (kind === undefined) return "line that is no Tetragon event"
  const time = timeOf(value.time)
  if (time === undefined) return "event without a time"
  const event = value[kind]
  const fields = createFieldWriter()
  const action = actionOf(kind, event)
  const process = at(event, "process")
  fields.set("event_type", "tetragon")
  fields.set("time", time)
  fields.set("host", value.node_name)
  fields.set("action", action)
  if (!ours.has(action)) fields.set("syscall", action)
  fields.set("category", categoryOf(action))
  fields.set("rule", at(event, "policy_name"))
  fields.set("message", at(event, "message"))
  fields.set("tags", at(event, "tags"))
  fields.set("exit", kind === "process_exit" ? at(event, "status") : integerOf(at(event, "return")))
  setProcess(fields, process)
  setParent(fields, at(event, "parent"))
  setPod(fields, process)
  for (const argument of listAt(event, "args").slice(0, 20)) setArgument(fields, argument, action)
  setAccess(fields, event, action)
  return { at: time, fields: fields.done() }
}

function actionOf(kind: (typeof kinds)[number], event: unknown): string {
  if (kind === "process_exec") return "execve"
  if (kind === "process_exit") return "exit"
  const name = textAt(event, "function_name") ?? textAt(event, "event") ?? textAt(event, "symbol") ?? kind
  const known = functions.get(name)
  // `__x64_sys_connect`, `sys_connect` and the tracepoint `sys_enter_connect` are the call connect.
  return known ?? name.replace(/^(?:__(?:x64|arm64|ia32)_)?(?:compat_)?(?:sys_)(?:enter_|exit_)?/, "")
}

function setProcess(fields: FieldWriter, process: unknown): void {
  const [binary, args] = [textAt(process, "binary"), textAt(process, "arguments")]
  fields.set("exe", binary)
  fields.set("process.name", binary?.slice(binary.lastIndexOf("/") + 1))
  fields.set("command", args === undefined ? binary : `${binary ?? ""} ${args}`)
  fields.set("process.pid", at(process, "pid"))
  fields.set("process.cwd", at(process, "cwd"))
  fields.set("user.id", at(process, "uid"))
  fields.set("user", textAt(process, "user", "name") ?? userName(at(process, "uid")))
  fields.set("user.effective_id", at(process, "process_credentials", "euid"))
  const login = at(process, "auid")
  if (login !== 4_294_967_295) fields.set("user.login_id", login)
  // No name leads to the file any more, or none ever did (memfd_create).
  const links = at(process, "binary_properties", "file", "inode", "links")
  if (links === 0 || links === "0") fields.set("process.exe_from_memory", true)
}

const userName = (id: unknown) => (id === 0 ? "root" : id)

function setParent(fields: FieldWriter, parent: unknown): void {
  const [binary, args] = [textAt(parent, "binary"), textAt(parent, "arguments")]
  fields.set("parent.exe", binary)
  fields.set("parent.name", binary?.slice(binary.lastIndexOf("/") + 1))
  fields.set("parent.command", args === undefined ? binary : `${binary ?? ""} ${args}`)
  fields.set("process.ppid", at(parent, "pid"))
}

function setPod(fields: FieldWriter, process: unknown): void {
  const container = at(process, "pod", "container")
  fields.set("kubernetes.namespace", at(process, "pod", "namespace"))
  fields.set("kubernetes.pod", at(process, "pod", "name"))
  fields.set("container.id", textAt(container, "id")?.replace(/^[a-z-]+:\/\//, "") ?? at(process, "docker"))
  fields.set("container.name", at(container, "name"))
  fields.set("container.image", at(container, "image", "name"))
}

const protocols: ReadonlyMap<string, string> = new Map([
  ["IPPROTO_TCP", "tcp"],
  ["IPPROTO_UDP", "udp"],
])
const families: ReadonlyMap<string, string> = new Map([
  ["AF_INET", "ipv4"],
  ["AF_INET6", "ipv6"],
  ["AF_UNIX", "unix"],
])

function setArgument(fields: FieldWriter, argument: unknown, action: string): void {
  const socket = at(argument, "sock_arg") ?? at(argument, "skb_arg")
  if (socket !== undefined) setSocket(fields, socket, action)
  const address = at(argument, "sockaddr_arg")
  if (address !== undefined) {
    fields.set("connection.family", families.get(textAt(address, "family") ?? ""))
    fields.set("connection.dst_addr", at(address, "addr"))
    fields.set("connection.dst_port", at(address, "port"))
  }
  const path =
    textAt(argument, "file_arg", "path") ??
    textAt(argument, "path_arg", "path") ??
    textAt(argument, "linux_binprm_arg", "path")
  if (!fields.has("file.path")) fields.set("file.path", path)
}

function setSocket(fields: FieldWriter, socket: unknown, action: string): void {
  // Of a socket that was accepted the kernel names itself first.
  const [here, there] = action === "accept" ? (["dst", "src"] as const) : (["src", "dst"] as const)
  fields.set("connection.family", families.get(textAt(socket, "family") ?? ""))
  fields.set("connection.protocol", protocols.get(textAt(socket, "protocol") ?? ""))
  fields.set(`connection.${here}_addr`, at(socket, "saddr"))
  fields.set(`connection.${here}_port`, at(socket, "sport"))
  fields.set(`connection.${there}_addr`, at(socket, "daddr"))
  fields.set(`connection.${there}_port`, at(socket, "dport"))
}

// MAY_WRITE and MAY_APPEND (linux/fs.h); the second argument of security_file_permission.
const mayWrite = 2 | 8

function setAccess(fields: FieldWriter, event: unknown, action: string): void {
  if (action === "access_file") {
    const mask = listAt(event, "args")
      .map(integerOf)
      .find((value) => value !== undefined)
    if (typeof mask === "number") fields.set("file.write", (mask & mayWrite) !== 0)
  } else if (action === "truncate" || action === "write") fields.set("file.write", true)
}

/** A number of the protocol's integers; 64-bit ones are written as texts. */
function integerOf(argument: unknown): number | undefined {
  for (const name of ["int_arg", "uint_arg", "size_arg", "long_arg"] as const) {
    const value = at(argument, name)
    if (typeof value === "number") return value
    if (typeof value === "string" && /^-?\d{1,15}$/.test(value)) return Number(value)
  }
  return undefined
}
