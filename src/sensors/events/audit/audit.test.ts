import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { examples, fieldsOf, readEvents } from "../testing.ts"
import { readAuditLine } from "./record.ts"
import { readSocketAddress } from "./socket-address.ts"

const folder = mkdtempSync(join(tmpdir(), "thwart-audit-"))
afterAll(() => rmSync(folder, { recursive: true }))

const read = async (...lines: readonly string[]) => {
  const file = join(folder, "audit.log")
  writeFileSync(file, `${lines.join("\n")}\n`)
  return readEvents(file, "audit")
}
const fieldsOfLog = async (...lines: readonly string[]) => (await read(...lines)).events.map(fieldsOf)

const hex = (text: string) => Buffer.from(text).toString("hex").toUpperCase()
const syscall = (serial: number, rest: string, at = "1751284800.000") =>
  `type=SYSCALL msg=audit(${at}:${serial}): ${rest}`

describe("a socket address", () => {
  const cases: readonly (readonly [what: string, saddr: string, expected: object | undefined])[] = [
    ["IPv4", "020001BBCB0071090000000000000000", { family: "ipv4", address: "203.0.113.9", port: 443 }],
    [
      "IPv4 of a big-endian machine",
      "000201BBCB0071090000000000000000",
      { family: "ipv4", address: "203.0.113.9", port: 443 },
    ],
    ["IPv4, cut behind the address", "02000050CB007109", { family: "ipv4", address: "203.0.113.9", port: 80 }],
    [
      "IPv6",
      "0A0001BB0000000020010DB800000000000000000000000900000000",
      { family: "ipv6", address: "2001:db8::9", port: 443 },
    ],
    [
      "IPv4 in IPv6",
      "0A0001BB0000000000000000000000000000FFFFCB00710900000000",
      { family: "ipv6", address: "203.0.113.9", port: 443 },
    ],
    ["a unix socket", `0100${hex("/run/nscd/socket")}0000`, { family: "unix", path: "/run/nscd/socket" }],
    ["an abstract unix socket", `010000${hex("dbus")}`, { family: "unix", path: "@dbus" }],
    ["an unnamed unix socket", "0100", { family: "unix", path: "" }],
    ["netlink", "100000000000000000000000", { family: "netlink" }],
    ["IPv4 too short", "020001BB", undefined],
    ["IPv6 too short", "0A0001BB0000", undefined],
    ["another family", "110000000000", undefined],
    ["half a byte", "020001BBCB00710", undefined],
    ["no digits", "{ saddr_fam=inet }", undefined],
    ["nothing", "", undefined],
  ]
  it("is decoded", () => {
    expect(cases).toHaveLength(15)
    for (const [what, saddr, expected] of cases) expect(readSocketAddress(saddr), what).toEqual(expected)
  })
})

describe("a line of the audit log", () => {
  it("is read as auditd, syslog and the kernel write it", () => {
    const lines: readonly (readonly [string, string | undefined, string | undefined])[] = [
      ["type=SYSCALL msg=audit(1751284800.123:7): a=1", "SYSCALL", undefined],
      ["node=web-1 type=SYSCALL msg=audit(1751284800.123:7): a=1", "SYSCALL", "web-1"],
      ["Jun 30 12:00:00 web-1 audispd[1]: node=web-1 type=PATH msg=audit(1751284800.123:7): a=1", "PATH", "web-1"],
      ["[ 12.3] audit: type=1300 audit(1751284800.123:7): a=1", "SYSCALL", undefined],
      ["type=UNKNOWN[1327] msg=audit(1751284800.123:7): a=1", "PROCTITLE", undefined],
      ["type=BPF msg=audit(1751284800.123:7): prog-id=1 op=LOAD", "BPF", undefined],
      ["type=SYSCALL msg=audit(06/30/2025 12:00:00.123:7) : a=1", undefined, undefined],
      ["nothing of it", undefined, undefined],
    ]
    expect(lines).toHaveLength(8)
    for (const [line, type, node] of lines) {
      const record = readAuditLine(line)
      expect(record?.type, line).toBe(type)
      expect(record?.node, line).toBe(node)
      if (type !== undefined) expect(record, line).toMatchObject({ at: 1_751_284_800_123, serial: "7" })
    }
  })
})

describe("the records of one event", () => {
  it("are joined by their serial, though they are mixed with others", async () => {
    const { events } = await readEvents(join(examples, "audit.log"), "audit")
    expect(events.map(({ origin, fields }) => [origin?.line, fields.get("action")])).toEqual([
      [1, "connect"],
      [4, "connect"],
      [11, "connect"],
      [16, "openat"],
      [17, "execve"],
      [34, "user_login"],
      [36, "user_cmd"],
      [9, "connect"],
      [14, "connect"],
      [27, "openat"],
      [30, "openat"],
    ])
    const [first] = events
    expect(fieldsOf(first ?? expect.unreachable())).toMatchObject({
      event_type: "audit",
      syscall: "connect",
      exe: "/usr/bin/curl",
      user: "ada",
      "user.id": 1000,
      "user.login": "ada",
      command: "curl https://files.example/",
      "connection.dst_addr": "203.0.113.9",
      "connection.dst_port": 443,
      success: false,
      exit: -115,
      rule: "network",
    })
    expect(first?.raw.split("\n")).toHaveLength(3)
  })

  it("are given on once no more can come", async () => {
    const far = [syscall(1, "arch=c000003e syscall=42"), syscall(2, "arch=c000003e syscall=59", "1751284803.000")]
    const { events } = await read(...far, syscall(3, "arch=c000003e syscall=57", "1751284803.001"))
    expect(events.map(({ fields }) => fields.get("action"))).toEqual(["connect", "execve", "fork"])
    const many = Array.from({ length: 100 }, (_, serial) => syscall(serial, `arch=c000003e syscall=42 pid=${serial}`))
    const all = await fieldsOfLog(...many)
    expect(all.map((fields) => fields["process.pid"])).toEqual(many.map((_, serial) => serial))
  })

  it("are limited in number", async () => {
    const { events, unread } = await read(...Array.from({ length: 205 }, () => syscall(1, "arch=c000003e syscall=42")))
    expect(events).toHaveLength(1)
    expect(unread).toHaveLength(5)
  })
})

describe("the fields of an audit event", () => {
  it("are decoded from hexadecimal digits where they are written so, and only there", async () => {
    const [fields] = await fieldsOfLog(
      syscall(
        1,
        `arch=c000003e syscall=59 success=yes exit=0 comm=${hex("a b")} exe="/tmp/DEADBEEF" uid=1000 key=${hex("x\x01y")}`,
      ),
      `type=EXECVE msg=audit(1751284800.000:1): argc=4 a0="DEAD" a1=${hex('say "hi"')} a2_len=8 a2[0]=${hex("long")} a2[1]=${hex("er ü")} a10="ten" a9="nine"`,
      `type=CWD msg=audit(1751284800.000:1): cwd=${hex("/srv/my files")}`,
      'type=PATH msg=audit(1751284800.000:1): item=0 name="../up/./x" nametype=NORMAL',
      "type=PATH msg=audit(1751284800.000:1): item=1 name=(null) nametype=NORMAL",
    )
    expect(fields).toMatchObject({
      "process.name": "a b",
      exe: "/tmp/DEADBEEF",
      rule: "x y",
      arguments: ["DEAD", 'say "hi"', "longer ü", "nine", "ten"],
      "process.cwd": "/srv/my files",
      "file.path": "/srv/up/x",
      "file.paths": ["/srv/up/x"],
      user: "1000",
    })
  })

  it("are read as older kernels and other settings write them", async () => {
    const [executed] = await fieldsOfLog(
      syscall(1, 'arch=c000003e syscall=59 uid=0 comm="sh" exe="/bin/sh"'),
      'type=PATH msg=audit(1751284800.000:1): item=0 name="/bin" objtype=PARENT',
      'type=PATH msg=audit(1751284800.000:1): item=1 name="/bin/sh" objtype=NORMAL',
      "type=EOE msg=audit(1751284800.000:1)",
    )
    expect(executed).toMatchObject({ "file.paths": ["/bin/sh"], user: "root" })
    const [interpreted] = await fieldsOfLog(
      syscall(
        1,
        "arch=x86_64 syscall=execve success=yes exit=0 uid=ada auid=ada tty=pts0 comm=top exe=/usr/bin/top key=(null)",
      ),
    )
    expect(interpreted).toMatchObject({ action: "execve", user: "ada", exe: "/usr/bin/top", "process.name": "top" })
    expect(Object.keys(interpreted ?? {}).filter((name) => /user\..*id$|rule/.test(name))).toEqual([])
  })

  it("of what a program wrote never take the place of what the kernel says", async () => {
    const user = (acct: string) =>
      `type=USER_AUTH msg=audit(1751284800.000:1): pid=7 uid=0 auid=1000 ses=3 msg='op=PAM:authentication acct=${acct} uid=4 pid=9 exe="/bin/su" hostname=? addr=? terminal=pts/0 res=success'`
    for (const [acct, name] of [
      ['"root"', "root"],
      [`"o'hara"`, "o'hara"],
      ["28696E76616C6964207573657229", "(invalid user)"],
      ['"?"', "root"],
    ] as const) {
      const [fields] = await fieldsOfLog(user(acct))
      expect(fields, acct).toMatchObject({ user: name, "process.pid": 7, "user.id": 0, success: true, exe: "/bin/su" })
      expect(fields?.["connection.src_addr"], acct).toBe(undefined)
    }
  })

  it("tell whether a file is written", async () => {
    const open = (args: string, path: string, number = 257) => [
      syscall(1, `arch=c000003e syscall=${number} ${args}`),
      'type=CWD msg=audit(1751284800.000:1): cwd="/etc"',
      `type=PATH msg=audit(1751284800.000:1): item=0 name="${path}" nametype=NORMAL`,
    ]
    const cases: readonly (readonly [lines: readonly string[], path: string, write: boolean])[] = [
      [open("a0=ffffff9c a2=0", "passwd"), "/etc/passwd", false],
      [open("a0=ffffff9c a2=80000", "passwd"), "/etc/passwd", false],
      [open("a0=ffffff9c a2=1", "passwd"), "/etc/passwd", true],
      [open("a0=ffffffffffffff9c a2=2", "passwd"), "/etc/passwd", true],
      [open("a0=ffffff9c a2=241", "/etc/../etc/passwd"), "/etc/passwd", true],
      // Relative to a folder that the records do not tell.
      [open("a0=5 a2=1", "passwd"), "passwd", true],
      [open("a0=7ffe a1=441", "passwd", 2), "/etc/passwd", true],
      [open("a0=7ffe a1=0", "passwd", 2), "/etc/passwd", false],
      [open("a0=7ffe a1=1a4", "passwd", 90), "/etc/passwd", true],
    ]
    expect(cases).toHaveLength(9)
    for (const [lines, path, write] of cases) {
      const [fields] = await fieldsOfLog(...lines)
      expect([fields?.["file.path"], fields?.["file.write"]], lines[0]).toEqual([path, write])
    }
    const [moved] = await fieldsOfLog(
      syscall(1, "arch=c000003e syscall=82 a0=1 a1=2"),
      'type=PATH msg=audit(1751284800.000:1): item=0 name="/etc/" nametype=PARENT',
      'type=PATH msg=audit(1751284800.000:1): item=1 name="/etc/passwd+" nametype=DELETE',
      'type=PATH msg=audit(1751284800.000:1): item=2 name="/etc/passwd" nametype=CREATE',
    )
    expect(moved).toMatchObject({
      action: "rename",
      "file.path": "/etc/passwd",
      "file.paths": ["/etc/passwd+", "/etc/passwd"],
      "file.write": true,
    })
  })

  it("name the call on other machines, and the side of a connection", async () => {
    const saddr = "type=SOCKADDR msg=audit(1751284800.000:1): saddr=02000050CB0071090000000000000000"
    const cases: readonly (readonly [call: string, action: string, side: "src" | "dst" | undefined])[] = [
      ["arch=c00000b7 syscall=203", "connect", "dst"],
      ["arch=40000003 syscall=362", "connect", "dst"],
      ["arch=40000003 syscall=102 a0=3", "connect", "dst"],
      ["arch=40000003 syscall=102 a0=5", "accept", "src"],
      ["arch=c000003e syscall=44", "sendto", "dst"],
      ["arch=c000003e syscall=288", "accept4", "src"],
      ["arch=c000003e syscall=49", "bind", "src"],
      ["arch=c000003e syscall=9999", "9999", "dst"],
      ["arch=c000003e syscall=connect", "connect", "dst"],
    ]
    expect(cases).toHaveLength(9)
    for (const [call, action, side] of cases) {
      const [fields] = await fieldsOfLog(syscall(1, call), saddr)
      expect(fields?.action, call).toBe(action)
      expect(fields?.[`connection.${side}_addr`], call).toBe("203.0.113.9")
    }
  })
})

describe("audit events as JSON", () => {
  it("of go-audit are read as those of the log", async () => {
    const group = {
      sequence: 1226433,
      timestamp: "1459447820.317",
      messages: [
        {
          type: 1300,
          data: `arch=c000003e syscall=42 success=yes exit=0 a0=3 uid=1000 auid=1000 exe="/usr/bin/curl" key=(null)`,
        },
        { type: 1306, data: "saddr=020001BBCB0071090000000000000000" },
        { type: 1327, data: `proctitle=${hex("curl")}0000` },
      ],
      uid_map: { 1000: "ada" },
    }
    const { events, unread } = await read(JSON.stringify(group))
    expect(unread).toEqual([])
    expect(events[0]?.at).toBe(1_459_447_820_317)
    expect(fieldsOf(events[0] ?? expect.unreachable())).toMatchObject({
      action: "connect",
      user: "ada",
      "user.login": "ada",
      exe: "/usr/bin/curl",
      command: "curl",
      "connection.dst_addr": "203.0.113.9",
    })
  })

  it("of Auditbeat are read by their names in the common schema, old and new", async () => {
    const [connected, login] = await fieldsOfLog(
      JSON.stringify({
        "@timestamp": "2025-06-30T12:00:00.100Z",
        auditd: {
          message_type: "syscall",
          sequence: 1,
          result: "success",
          session: "3",
          data: { syscall: "connect", exit: "0", tty: "pts0" },
        },
        process: { executable: "/usr/bin/curl", name: "curl", pid: 4711, parent: { pid: 4700 }, args: ["curl", "x"] },
        user: { id: "1000", name: "ada", audit: { id: "1000", name: "ada" }, effective: { id: "0", name: "root" } },
        destination: { ip: "203.0.113.9", port: "443" },
        host: { name: "web-1" },
      }),
      JSON.stringify({
        "@timestamp": "2017-10-12T08:05:34.853Z",
        auditd: { data: { acct: "(invalid user)", op: "login" }, result: "fail", session: "unset" },
        beat: { hostname: "host.example.com" },
        event: { type: "user_login" },
        process: { exe: "/usr/sbin/sshd", pid: "12635" },
        source: { ip: "192.0.2.221" },
        user: { name_map: { uid: "root" }, uid: "0" },
      }),
    )
    expect(connected).toMatchObject({
      action: "connect",
      category: "network",
      exe: "/usr/bin/curl",
      command: "curl x",
      "process.pid": 4711,
      "process.ppid": 4700,
      user: "ada",
      "user.effective": "root",
      "connection.dst_port": 443,
      host: "web-1",
      success: true,
      session: 3,
    })
    expect(login).toMatchObject({
      action: "user_login",
      category: "login",
      success: false,
      user: "(invalid user)",
      "user.id": 0,
      "connection.src_addr": "192.0.2.221",
      host: "host.example.com",
    })
  })

  it("that are something else are told of", async () => {
    const { unread } = await read('{"a":1}', '{"auditd":{}}', '{"messages":[]}', "{half")
    expect(unread.map(({ reason, line }) => [reason, line])).toEqual([
      ["line that is no audit record", 1],
      ["event without a time", 2],
      ["event without a time", 3],
      ["line that is no JSON", 4],
    ])
  })
})
