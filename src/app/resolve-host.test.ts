import { createSocket, type Socket } from "node:dgram"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createResolveHost } from "./resolve-host.ts"

type Answer = { readonly ttl: number; readonly data: readonly number[] }
interface Zone {
  /** By type: 1 is A, 28 is AAAA. */
  readonly [type: number]: readonly Answer[]
  /** RFC 1035 §4.1.1: 3 is "no such name", 2 "the server failed". */
  readonly code?: number
  readonly failsFor?: number
}

/** A DNS server of our own on loopback, as much of RFC 1035 as one question needs. */
async function serveDns(zones: Readonly<Record<string, Zone>>): Promise<Socket> {
  const socket = createSocket("udp4")
  socket.on("message", (query, from) => {
    const labels: string[] = []
    let at = 12
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString("latin1", at + 1, at + 1 + length))
      at += length + 1
    }
    const type = query.readUInt16BE(at + 1)
    const zone = zones[labels.join(".")] ?? { code: 3 }
    const answers = zone[type] ?? []
    const header = Buffer.from(query.subarray(0, 12))
    header.writeUInt16BE(0x8180 | (zone.failsFor === type ? 2 : (zone.code ?? 0)), 2)
    header.writeUInt16BE(answers.length, 6)
    header.writeUInt32BE(0, 8)
    const records = answers.map(({ ttl, data }) => {
      const record = Buffer.alloc(12)
      record.writeUInt16BE(0xc00c, 0)
      record.writeUInt16BE(type, 2)
      record.writeUInt16BE(1, 4)
      record.writeUInt32BE(ttl, 6)
      record.writeUInt16BE(data.length, 10)
      return Buffer.concat([record, Buffer.from(data)])
    })
    socket.send(Buffer.concat([header, query.subarray(12, at + 5), ...records]), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
  return socket
}

const v6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]

describe("host names are resolved", () => {
  let socket: Socket
  beforeEach(async () => {
    socket = await serveDns({
      "office.example": { 1: [{ ttl: 300, data: [203, 0, 113, 7] }], 28: [{ ttl: 60, data: v6 }] },
      "old.example": { 1: [{ ttl: 90, data: [203, 0, 113, 8] }] },
      "half.example": { 1: [{ ttl: 90, data: [203, 0, 113, 9] }], failsFor: 28 },
      "empty.example": {},
      "wide.example": { 1: Array.from({ length: 30 }, (_, index) => ({ ttl: 1, data: [203, 0, 113, index] })) },
    })
  })
  afterEach(() => socket.close())
  const resolve = (name: string) => createResolveHost([`127.0.0.1:${socket.address().port}`])(name)

  it("to the addresses of both families, for as long as all of them hold", async () => {
    expect(await resolve("office.example")).toEqual({ addresses: ["203.0.113.7", "2001:db8::7"], ttlMs: 60_000 })
    expect(await resolve("old.example")).toEqual({ addresses: ["203.0.113.8"], ttlMs: 90_000 })
    expect((await resolve("wide.example")).addresses).toHaveLength(30)
  })

  it("or not at all: half an answer would leave a friend unprotected", async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ["nobody.example", /there is no such name/],
      ["empty.example", /the name has no address/],
      ["half.example", /no resolver answered: ESERVFAIL/],
    ]
    expect(cases).toHaveLength(3)
    for (const [name, said] of cases) await expect(resolve(name), name).rejects.toThrow(said)
    await expect(createResolveHost(["127.0.0.1:1"])("office.example")).rejects.toThrow(/no resolver answered/)
  })
})
