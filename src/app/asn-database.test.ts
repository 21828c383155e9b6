import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { writeMmdb } from "../../test/support/mmdb.ts"
import { prefix } from "../core/index.ts"
import { openAsnDatabase } from "./asn-database.ts"

describe("a database of autonomous systems", () => {
  let dir: string
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "thwart-asn-"))
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  const write = (name: string, bytes: Buffer) => {
    writeFileSync(join(dir, name), bytes)
    return join(dir, name)
  }
  const v4 = [
    { bytes: [203, 0, 113], length: 24, record: { autonomous_system_number: 64_500 } },
    { bytes: [198, 51, 100, 0], length: 25, record: { autonomous_system_number: 64_501 } },
    { bytes: [198, 51, 100, 128], length: 26, record: { asn: "AS64502" } },
  ]
  // In a database of IPv6, IPv4 stands below ::/96.
  const v6 = [
    ...v4.map((one) => ({ ...one, bytes: [...Array(12).fill(0), ...one.bytes], length: one.length + 96 })),
    { bytes: [0x20, 0x01, 0x0d, 0xb8], length: 32, record: { autonomous_system_number: 64_503 } },
  ]
  const cases: readonly (readonly [target: string, of4: readonly number[], of6: readonly number[]])[] = [
    ["203.0.113.7", [64_500], [64_500]],
    ["203.0.112.255", [], []],
    ["203.0.112.0/22", [64_500], [64_500]],
    ["198.51.100.127", [64_501], [64_501]],
    ["198.51.100.128", [64_502], [64_502]],
    ["198.51.100.192", [], []],
    ["198.51.100.0/24", [64_501, 64_502], [64_501, 64_502]],
    ["198.51.0.0/16", [64_501, 64_502], [64_501, 64_502]],
    ["2001:db8:1::9", [], [64_503]],
    ["2001:db8::/32", [], [64_503]],
    ["2001:db9::1", [], []],
  ]

  it.each(cases)("tells whose %s is", (target, of4, of6) => {
    expect(cases).toHaveLength(11)
    const only4 = openAsnDatabase(write("4.mmdb", writeMmdb("GeoLite2-ASN", 4, v4)))
    const both = openAsnDatabase(write("6.mmdb", writeMmdb("DBIP-ASN-Lite", 6, v6)))
    expect([...only4(prefix(target))].sort()).toEqual(of4)
    expect([...both(prefix(target))].sort()).toEqual(of6)
  })

  it("is refused with what to do when it is none", () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      [join(dir, "absent.mmdb"), /asnDatabase: .*absent\.mmdb can't be used \(ENOENT.*give an \.mmdb file/],
      [write("text.mmdb", Buffer.from("hello")), /asnDatabase: .*text\.mmdb can't be used/],
      [write("cut.mmdb", writeMmdb("GeoLite2-ASN", 4, v4).subarray(40, 90)), /cut\.mmdb can't be used/],
      [
        write("country.mmdb", writeMmdb("GeoLite2-Country", 4, v4)),
        /it is a database of type "GeoLite2-Country", not of autonomous systems/,
      ],
    ]
    expect(wrong).toHaveLength(4)
    for (const [path, said] of wrong) expect(() => openAsnDatabase(path)).toThrow(said)
  })
})
