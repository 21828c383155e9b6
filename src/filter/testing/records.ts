import type { FieldInfo, FieldValue } from "../../core/index.ts"
import type { Schema } from "../index.ts"

/** A record of the tests: a few fields of every type. */
export type TestRecord = Readonly<Record<string, FieldValue>>

const fields: readonly (readonly [name: string, info: FieldInfo])[] = [
  ["event_type", { type: "string", label: "event type", values: ["audit", "falco", "cloudtrail"] }],
  ["syscall", { type: "string", label: "system call" }],
  ["exe", { type: "string", label: "program" }],
  ["process.pid", { type: "number", label: "process id" }],
  ["success", { type: "boolean", label: "success" }],
  ["time", { type: "time", label: "time" }],
  ["connection.dst_addr", { type: "address", label: "destination address" }],
  ["connection.dst_port", { type: "number", label: "destination port" }],
  ["tags", { type: "string", list: true, label: "tags" }],
  ["addresses", { type: "address", list: true, label: "addresses" }],
]

export const testSchema: Schema<TestRecord> = {
  fields: new Map(fields),
  reader: (field) => (record) => (Object.hasOwn(record, field) ? record[field] : undefined),
}
