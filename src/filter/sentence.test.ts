import { describe, expect, it } from "vitest"
import { parseFilter } from "./index.ts"
import { testSchema } from "./testing/records.ts"

const cases: readonly (readonly [text: string, canonical: string, sentence: string])[] = [
  [
    "event_type=“audit” AND syscall = 'connect' and (connection.dst_addr != “127.0.0.0/8” and connection.dst_addr != “::1/128”)",
    'event_type = "audit" and syscall = "connect" and connection.dst_addr != "127.0.0.0/8" and connection.dst_addr != "::1/128"',
    'the event type is "audit" and the system call is "connect" and the destination address is outside 127.0.0.0/8 or ::1/128',
  ],
  [
    'syscall = "a" or syscall="b" or exe like "%x"',
    'syscall = "a" or syscall = "b" or exe like "%x"',
    'either the system call is "a" or "b" or the program is like "%x"',
  ],
  [
    "(exe exists or success = true) and not (process.pid > 5 and process.pid <= 9)",
    "(exe exists or success = true) and not (process.pid > 5 and process.pid <= 9)",
    "(either the program is known or the success is true) and it is not so that (the process id is more than 5 and the process id is at most 9)",
  ],
  [
    'syscall not in ["a", "b", "c"] and exe not ends_with "x"',
    'syscall not in ("a", "b", "c") and exe not ends_with "x"',
    'the system call is not "a", "b" or "c" and the program does not end with "x"',
  ],
  [
    'time > "2025-06-30" and connection.dst_addr in ("10.0.0.0/8") or exists(tags)',
    'time > "2025-06-30" and connection.dst_addr in ("10.0.0.0/8") or tags exists',
    'either (the time is after "2025-06-30" and the destination address is in 10.0.0.0/8) or there are tags',
  ],
  [
    'tags != "a" and tags not exists and tags like "b%" and addresses not in ["10.0.0.0/8"]',
    'tags != "a" and tags not exists and tags like "b%" and addresses not in ("10.0.0.0/8")',
    'none of the tags is "a" and there are no tags and one of the tags is like "b%" and none of the addresses is in 10.0.0.0/8',
  ],
]

describe("a filter", () => {
  it("has one canonical text, and reads as English", () => {
    for (const [text, canonical, sentence] of cases)
      expect(parseFilter(text, testSchema), text).toMatchObject({ kind: "ok", filter: { text: canonical, sentence } })
    expect(cases).toHaveLength(6)
  })
})
