import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { afterAll, describe, expect, it } from "vitest"
import { type EventType, eventFields, eventTypes } from "../../core/index.ts"
import { describeSensor } from "../contract.ts"
import { sniffFormat } from "../input/index.ts"
import { createEventSensor } from "./index.ts"
import { examples, fieldsOf, ids, node, readEvents } from "./testing.ts"

const folder = mkdtempSync(join(tmpdir(), "thwart-events-"))
afterAll(() => rmSync(folder, { recursive: true }))

const written = (name: string, content: string | Buffer) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const files: readonly (readonly [file: string, format: EventType, events: number, unread: readonly string[]])[] = [
  ["audit.log", "audit", 11, ["line that is no audit record"]],
  ["falco.jsonl", "falco", 4, ["line that is no JSON"]],
  ["tetragon.jsonl", "tetragon", 7, ["line that is no Tetragon event"]],
  ["cloudtrail.json", "cloudtrail", 8, []],
]

for (const [name, format, expected] of files)
  describeSensor(`of ${format} records`, {
    create: () => createEventSensor({ ids }, { file: join(examples, name), format, node }),
    expected,
    broken: {
      create: () => createEventSensor({ ids }, { file: join(folder, "missing"), format, node }),
      code: "THWART_FILE_UNREADABLE",
    },
  })

describe("the records of other tools", () => {
  it("are read from files, gzip or not, and known by their content", async () => {
    expect(files).toHaveLength(eventTypes.length)
    for (const [name, format, events, problems] of files) {
      const path = join(examples, name)
      const packed = written(`${name}.gz`, gzipSync(readFileSync(path)))
      for (const file of [path, packed]) {
        expect(await sniffFormat(file), file).toBe(format)
        const read = await readEvents(file, format)
        expect(read.events, file).toHaveLength(events)
        expect(read.unread.map(({ reason }) => reason)).toEqual(problems)
        expect(Object.keys(read.status.skipped)).toEqual(problems)
      }
    }
  })

  it("have only fields that the schema knows, of the type it says", async () => {
    let ran = 0
    for (const [name, format] of files)
      for (const { fields } of (await readEvents(join(examples, name), format)).events)
        for (const [field, value] of fields) {
          const info = eventFields.get(field)
          const entries = typeof value === "object" ? value : [value]
          expect(typeof value === "object", field).toBe(info?.list === true)
          const type = { address: "string", time: "number" }[String(info?.type)] ?? info?.type
          for (const entry of entries) expect(typeof entry, field).toBe(type)
          expect(info?.sameAs, field).toBe(undefined)
          ran++
        }
    expect(ran).toBeGreaterThan(400)
  })

  it("tell where they stood, and on which node they were seen", async () => {
    const [first] = (await readEvents(join(examples, "falco.jsonl"), "falco")).events
    expect(first).toMatchObject({
      kind: "event",
      node: { kind: "pod", id: "shop/shop-6f9c-abcde" },
      direction: "outbound",
      source: { address: "10.1.2.3", port: 40_112 },
      destination: { address: "198.51.100.7", port: 4444 },
      origin: { line: 1 },
      raw: expect.stringContaining('"rule"'),
    })
    const audit = await readEvents(join(examples, "audit.log"), "audit")
    expect(audit.events[0]).toMatchObject({
      node: { id: "here" },
      direction: "outbound",
      source: { address: "0.0.0.0" },
    })
    expect(audit.unread).toEqual([{ kind: "unread", reason: "line that is no audit record", line: 35 }])
  })
})

describe("Falco's alerts", () => {
  it("keep what a rule's output names", async () => {
    const { events } = await readEvents(join(examples, "falco.jsonl"), "falco")
    expect(fieldsOf(events[0] ?? expect.unreachable())).toMatchObject({
      action: "dup2",
      exit: 0,
      "fd.type": "ipv4",
      "fd.number": 0,
      "connection.dst_addr": "198.51.100.7",
      "connection.src_addr": "10.1.2.3",
      "container.image": "docker.io/library/nginx:1.27",
      user: "www-data",
      priority: "notice",
      success: true,
    })
    expect(fieldsOf(events[1] ?? expect.unreachable())).toMatchObject({ "process.exe_upper_layer": true })
    const onHost = fieldsOf(events[2] ?? expect.unreachable())
    expect(onHost).toMatchObject({ "file.path": "/etc/passwd", "file.write": true })
    expect(Object.keys(onHost).filter((name) => /container|kubernetes/.test(name))).toEqual([])
  })
})

describe("Tetragon's events", () => {
  it("name system calls as other tools do", async () => {
    const { events } = await readEvents(join(examples, "tetragon.jsonl"), "tetragon")
    expect(events.map((event) => [fieldsOf(event).action, fieldsOf(event).syscall])).toEqual([
      ["execve", "execve"],
      ["connect", "connect"],
      ["access_file", undefined],
      ["access_file", undefined],
      ["execve", "execve"],
      ["connect", "connect"],
      ["exit", "exit"],
    ])
    expect(events.map((event) => fieldsOf(event)["file.write"])).toEqual([
      undefined,
      undefined,
      true,
      false,
      undefined,
      undefined,
      undefined,
    ])
    expect(fieldsOf(events[4] ?? expect.unreachable())["process.exe_from_memory"]).toBe(true)
    expect(fieldsOf(events[5] ?? expect.unreachable())["connection.dst_addr"]).toBe("2001:db8::9")
  })

  it("are read out of a container's log too", async () => {
    const [line] = readFileSync(join(examples, "tetragon.jsonl"), "utf8").split("\n")
    const file = written("pod.log", `2025-06-30T12:00:00.123456789Z stdout F ${line}\n`)
    expect(await sniffFormat(file)).toBe("tetragon")
    expect((await readEvents(file, "tetragon")).events).toHaveLength(1)
  })
})

describe("CloudTrail's records", () => {
  const records = JSON.parse(readFileSync(join(examples, "cloudtrail.json"), "utf8")).Records as readonly unknown[]

  it("are read however they are wrapped", async () => {
    const wrapped: readonly (readonly [string, string])[] = [
      ["in one line", JSON.stringify({ Records: records })],
      ["one a line", records.map((record) => JSON.stringify(record)).join("\n")],
      ["as a list", JSON.stringify(records, null, 1)],
      ["by EventBridge", records.map((detail) => JSON.stringify({ "detail-type": "AWS API Call", detail })).join("\n")],
      [
        "by lookup-events",
        JSON.stringify({ Events: records.map((record) => ({ CloudTrailEvent: JSON.stringify(record) })) }, null, 2),
      ],
    ]
    const whole = (await readEvents(join(examples, "cloudtrail.json"), "cloudtrail")).events.map(fieldsOf)
    for (const [how, text] of wrapped) {
      const file = written("wrapped.json", text)
      expect(await sniffFormat(file), how).toBe("cloudtrail")
      const { events, unread } = await readEvents(file, "cloudtrail")
      expect(unread, how).toEqual([])
      expect(events.map(fieldsOf), how).toEqual(whole)
    }
    expect(wrapped).toHaveLength(5)
  })

  it("are read on behind a broken one", async () => {
    const lines = records.map((record) => JSON.stringify(record))
    const file = written("broken.json", [lines[0], '{"eventName": ', ...lines.slice(1)].join("\n"))
    const { events, unread } = await readEvents(file, "cloudtrail")
    expect(events).toHaveLength(8)
    expect(unread).toEqual([{ kind: "unread", reason: "text that is no JSON", line: 2 }])
    expect(events.map(({ origin }) => origin?.line)).toEqual([1, 3, 4, 5, 6, 7, 8, 9])
  })

  it("tell what a call opens, and to whom", async () => {
    const call = (eventName: string, requestParameters: unknown) => ({
      eventName,
      eventSource: "ec2.amazonaws.com",
      eventTime: "2025-06-30T12:00:00Z",
      requestParameters,
    })
    const calls = [
      call("AuthorizeSecurityGroupIngress", { groupId: "sg-1", cidrIp: "0.0.0.0/0", fromPort: 22, toPort: 23 }),
      call("ModifySecurityGroupRules", {
        ModifySecurityGroupRulesRequest: {
          GroupId: "sg-1",
          SecurityGroupRule: {
            SecurityGroupRuleId: "sgr-1",
            SecurityGroupRule: { CidrIpv6: "::/0", FromPort: 1, ToPort: 9 },
          },
        },
      }),
      call("CreateNetworkAclEntry", {
        networkAclId: "acl-1",
        ruleAction: "allow",
        egress: false,
        cidrBlock: "0.0.0.0/0",
      }),
      call("CreateNetworkAclEntry", {
        networkAclId: "acl-1",
        ruleAction: "deny",
        egress: false,
        cidrBlock: "0.0.0.0/0",
      }),
      call("RevokeSecurityGroupIngress", { groupId: "sg-1", cidrIp: "0.0.0.0/0" }),
    ]
    const { events } = await readEvents(written("calls.json", JSON.stringify({ Records: calls })), "cloudtrail")
    expect(events.map((event) => [fieldsOf(event)["cloud.opened_to"], fieldsOf(event)["cloud.opened_ports"]])).toEqual([
      [["0.0.0.0/0"], [22, 23]],
      [["::/0"], [1, 9]],
      [["0.0.0.0/0"], undefined],
      [undefined, undefined],
      [undefined, undefined],
    ])
  })
})

describe("hostile records", () => {
  it("never throw, whatever their values are", async () => {
    const samples: readonly (readonly [EventType, readonly string[]])[] = files.map(([name, format]) => {
      const text = readFileSync(join(examples, name), "utf8")
      const lines =
        format === "cloudtrail" ? JSON.parse(text).Records.map((one: unknown) => JSON.stringify(one)) : text.split("\n")
      return [format, lines]
    })
    let ran = 0
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.array(
          fc.tuple(fc.nat(), fc.nat(), fc.oneof(fc.string(), fc.json(), fc.constantFrom('"', "{", "[", "=", "\\"))),
        ),
        async ([format, lines], edits) => {
          const edited = [...lines]
          for (const [which, where, text] of edits) {
            const at = which % edited.length
            const line = edited[at] ?? ""
            edited[at] =
              `${line.slice(0, where % (line.length + 1))}${text}${line.slice((where % (line.length + 1)) + text.length)}`
          }
          const { events, status } = await readEvents(written("hostile", edited.join("\n")), format)
          for (const { at, fields } of events) expect(at >= 0 && fields.has("event_type")).toBe(true)
          expect(status.state).toBe("stopped")
          ran++
        },
      ),
      { numRuns: 200 },
    )
    expect(ran).toBe(200)
  })

  it("of any JSON never throw either", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...eventTypes), fc.jsonValue(), async (format, value) => {
        const shapes = [
          value,
          { rule: "r", priority: value, time: "2025-06-30T12:00:00Z", output_fields: value, tags: value },
          {
            process_kprobe: { process: value, args: [value], return: value },
            time: "2025-06-30T12:00:00Z",
            node_name: value,
          },
          {
            Records: [
              { eventName: "X", eventTime: "2025-06-30T12:00:00Z", userIdentity: value, requestParameters: value },
            ],
          },
          { auditd: { data: value }, process: value, "@timestamp": "2025-06-30T12:00:00Z" },
          { sequence: 1, timestamp: "1459447820.317", messages: [{ type: 1300, data: "a" }, value], uid_map: value },
        ]
        const { status } = await readEvents(
          written("any", shapes.map((shape) => JSON.stringify(shape)).join("\n")),
          format,
        )
        expect(status.state).toBe("stopped")
      }),
      { numRuns: 200 },
    )
  })

  it("that are deep or long are refused, and end soon", async () => {
    const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`
    const record = (inner: string) =>
      `{"eventName":"X","eventTime":"2025-06-30T12:00:00Z","requestParameters":{"a":${inner}}}`
    for (const [text, reason] of [
      [record(deep(200_000)), "text that is no JSON"],
      [`{"rule":"r","time":"2025-06-30T12:00:00Z","output_fields":${deep(100)}}`, "line that is no JSON"],
      [`type=SYSCALL msg=audit(1.000:1): ${"a".repeat(1_000_000)}`, undefined],
      [`type=SYSCALL msg=audit(1.000:1): ${"a={".repeat(300_000)}`, undefined],
      [`type=SYSCALL msg=audit(1.000:1): ${'k="'.repeat(300_000)}`, undefined],
      ["x".repeat(2_000_000), "line too long"],
    ] as const) {
      const format = text.includes("eventName") ? "cloudtrail" : text.startsWith("{") ? "falco" : "audit"
      const { status } = await readEvents(written("large", text), format)
      expect(Object.keys(status.skipped), text.slice(0, 60)).toEqual(reason === undefined ? [] : [reason])
    }
  })
})
