import type { FieldInfo } from "./field.ts"

/** The tools whose records become events. */
export const eventTypes = ["audit", "falco", "tetragon", "cloudtrail"] as const
export type EventType = (typeof eventTypes)[number]

/** What rules over fields look at: records of tools, and HTTP transactions. */
export const eventKinds = [...eventTypes, "http"] as const

/** What an event is about, whichever tool saw it. */
export const eventCategories = ["process", "file", "network", "login", "account", "cloud", "other"] as const
export type EventCategory = (typeof eventCategories)[number]

interface EventFieldInfo extends FieldInfo {
  /** For the reference: what stands there. */
  readonly about: string
  /** Another field that it is a second name of. */
  readonly sameAs?: string
}

const text = (label: string, about: string): EventFieldInfo => ({ type: "string", label, about })
const texts = (label: string, about: string): EventFieldInfo => ({ type: "string", list: true, label, about })
const number = (label: string, about: string): EventFieldInfo => ({ type: "number", label, about })
const truth = (label: string, about: string): EventFieldInfo => ({ type: "boolean", label, about })
const addressed = (label: string, about: string): EventFieldInfo => ({ type: "address", label, about })

/** Every field of an event; a record has those that its tool tells. */
export const eventFieldTable = {
  event_type: { ...text("event type", "the tool that saw it; `http` for an HTTP transaction"), values: eventKinds },
  time: { type: "time", label: "time", about: "when it happened" },
  host: text("host", "the name of the machine, where the record tells it"),
  category: { ...text("category", "what it is about, the same for every tool"), values: eventCategories },
  action: text("action", "what was done: the system call (`connect`, `execve`), or the API call (`StopLogging`)"),
  success: truth("success", "whether it was done"),
  exit: number("result", "what the system call returned"),
  error: text("error", "why it was not done, as the tool says it"),
  rule: text("rule of the tool", "the tool's own rule or policy, or the key of an audit rule"),
  priority: text("priority", "the tool's own priority, in lower case"),
  tags: texts("tags", "the tool's own tags"),
  message: text("message", "the tool's own sentence"),

  syscall: text("system call", "the name of the system call; its number where the name is not known"),
  exe: text("program", "path of the program"),
  command: text("command line", "the program with its arguments"),
  arguments: texts("arguments", "the arguments, the program's name first"),
  "process.name": text("process name", "the short name (`comm`)"),
  "process.pid": number("process id", ""),
  "process.ppid": number("parent process id", ""),
  "process.cwd": text("working directory", ""),
  "process.tty": text("terminal", ""),
  "process.exe_upper_layer": truth("program not in its image", "the program was written after the container started"),
  "process.exe_from_memory": truth("program in memory", "the program has no file (memfd, or deleted)"),
  "parent.exe": text("parent program", "path of the parent's program"),
  "parent.name": text("parent process name", ""),
  "parent.command": text("parent command line", ""),
  session: number("session", "the login session (`ses`)"),

  user: text("user", "name of the user, or the number where there is no name"),
  "user.id": number("user id", ""),
  "user.effective": text("effective user", "name, or number where there is none"),
  "user.effective_id": number("effective user id", ""),
  "user.login": text("login user", "who logged in at first (`auid`), whoever they became since"),
  "user.login_id": number("login user id", ""),

  "file.path": text("file", "the file that it was about; absolute where the working directory is known"),
  "file.paths": texts("files", "all files that it named"),
  "file.write": truth("file write", "opened for writing, or changed, made, renamed, deleted"),
  "fd.number": number("file descriptor", ""),
  "fd.type": text("kind of file descriptor", "`file`, `ipv4`, `ipv6`, `unix`, `pipe`, …"),

  "connection.dst_addr": addressed("destination address", "who was connected to"),
  "connection.dst_port": number("destination port", ""),
  "connection.src_addr": addressed("source address", "who connected, logged in or called"),
  "connection.src_port": number("source port", ""),
  "connection.protocol": text("protocol", "`tcp`, `udp`, …"),
  "connection.family": text("address family", "`ipv4`, `ipv6`, `unix`, `netlink`"),
  "connection.path": text("socket path", "of a unix socket"),
  dst_ip: { ...addressed("destination address", ""), sameAs: "connection.dst_addr" },
  dst_port: { ...number("destination port", ""), sameAs: "connection.dst_port" },
  src_ip: { ...addressed("source address", ""), sameAs: "connection.src_addr" },
  src_port: { ...number("source port", ""), sameAs: "connection.src_port" },

  "http.method": text("method", "as sent: `GET`, `POST`, …"),
  "http.host": text("host name", "who was asked, in lower case, without the port"),
  "http.target": text("request target", "path and query as sent"),
  "http.path": text("path", "percent-decoded once, without the query"),
  "http.query": text("query", "what stands behind the `?`, as sent"),
  "http.extension": text("extension", "of the path's last part, in lower case, without the dot: `php`, `css`, …"),
  "http.user_agent": text("user agent of the request", ""),
  "http.referer": text("referrer", ""),
  "http.status": number("status", "of the response"),

  "container.id": text("container", "its id"),
  "container.name": text("container name", ""),
  "container.image": text("container image", ""),
  "kubernetes.namespace": text("namespace", ""),
  "kubernetes.pod": text("pod", ""),

  "cloud.account": text("cloud account", "its number"),
  "cloud.region": text("cloud region", ""),
  "cloud.service": text("cloud service", "`ec2.amazonaws.com`, …"),
  "cloud.identity": text("cloud identity", "the ARN of who called"),
  "cloud.identity_type": text("kind of cloud identity", "`Root`, `IAMUser`, `AssumedRole`, …"),
  "cloud.access_key": text("access key", "its id"),
  "cloud.mfa": truth("second factor", "whether the caller signed in with one"),
  "cloud.user_agent": text("user agent", ""),
  "cloud.read_only": truth("reading only", "whether the call changes nothing"),
  "cloud.resources": texts("cloud resources", "ARNs and names that the call was about"),
  "cloud.opened_to": texts("addresses let in", "ranges that a call on a security group or network ACL lets in"),
  "cloud.opened_ports": { type: "number", list: true, label: "ports let in", about: "first and last of each range" },
  "cloud.request": text("request", "the parameters of the call, as JSON"),
} as const satisfies Readonly<Record<string, EventFieldInfo>>
