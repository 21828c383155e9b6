import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeContent } from "./index.ts"

const text = Buffer.from("what was meant ".repeat(100))
const limit = 100_000

describe("content codings", () => {
  const codings = [
    [["gzip"], gzipSync(text)],
    [["X-GZIP"], gzipSync(text)],
    [["deflate"], deflateSync(text)],
    [["deflate"], deflateRawSync(text)],
    [["br"], brotliCompressSync(text)],
    [["zstd"], zstdCompressSync(text)],
    [["gzip, br"], brotliCompressSync(gzipSync(text))],
    [["gzip", "identity", "br"], brotliCompressSync(gzipSync(text))],
    [[""], text],
  ] as const
  it("are undone, the last first", async () => {
    expect(codings).toHaveLength(9)
    for (const [names, body] of codings)
      expect(await decodeContent(body, names, limit)).toEqual({ bytes: text, truncated: false, flaw: undefined })
  })

  it("give what comes before the limit, however much the body wants to become", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, "a"))
    const { bytes, truncated } = await decodeContent(bomb, ["gzip"], 1000)
    expect([bytes.toString(), truncated]).toEqual(["a".repeat(1000), true])
  })

  it("give what comes before the damage or the end of what was seen", async () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251))
    const cut = await decodeContent(gzipSync(noise).subarray(0, 2000), ["gzip"], limit)
    expect(cut.bytes.length).toBeGreaterThan(500)
    expect(noise.subarray(0, cut.bytes.length).equals(cut.bytes)).toBe(true)
  })

  it("leave the body as it is when they are unknown, too many, or a lie", async () => {
    for (const [names, flaw] of [
      [["rot13"], "content coding unknown"],
      [["gzip"], "content coding does not decode"],
      [["gzip,gzip,gzip,gzip"], "too many content codings"],
    ] as const)
      expect(await decodeContent(text, names, limit)).toEqual({ bytes: text, truncated: false, flaw })
  })

  it("never throw, whatever the bytes are", async () => {
    const name = fc.constantFrom("gzip", "deflate", "br", "zstd", "identity", "x", ",")
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.array(name, { maxLength: 5 }), async (bytes, names) => {
        const decoded = await decodeContent(Buffer.from(bytes), names, 500)
        expect(decoded.bytes.length).toBeLessThanOrEqual(500)
      }),
    )
  })
})
