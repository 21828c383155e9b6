import { describe, expect, it } from "vitest"
import { eventFields, eventValue, isEventField } from "./index.ts"

describe("the fields of events", () => {
  it("have a name that filters can say, a label, and one place each", () => {
    expect(eventFields.size).toBe(76)
    for (const [name, { label, sameAs, type }] of eventFields) {
      expect(name).toMatch(/^[a-z]\w*(\.\w+)*$/)
      expect(label).not.toBe("")
      if (sameAs === undefined) continue
      expect(isEventField(sameAs), name).toBe(true)
      expect(eventFields.get(sameAs)?.sameAs, name).toBe(undefined)
      expect(eventFields.get(sameAs)?.type, name).toBe(type)
    }
  })

  it("are read under either of their names, and nothing else is one", () => {
    const fields = new Map([["connection.dst_addr", "203.0.113.9"]] as const)
    expect(eventValue(fields, "dst_ip")).toBe("203.0.113.9")
    expect(eventValue(fields, "connection.dst_addr")).toBe("203.0.113.9")
    expect(eventValue(fields, "src_ip")).toBe(undefined)
    for (const name of ["toString", "__proto__", "constructor", "dst"]) expect(isEventField(name)).toBe(false)
  })
})
