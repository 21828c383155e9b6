import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { has } from "../../../test/support/requirements.ts"
import { ThwartError } from "../../core/index.ts"
import { readTar } from "./tar.ts"
import { type MadeEntry, makeTar, paxRecord } from "./testing/make-tar.ts"

const limits = { entries: 60, fileBytes: 100_000 }
const read = (archive: Uint8Array) => [...readTar(archive, limits)]
const shown = (archive: Uint8Array) =>
  read(archive).map(({ kind, path, bytes }) => (kind === "file" ? `${path}: ${Buffer.from(bytes)}` : `${path}/`))

const long = `${"folder/".repeat(14)}${"n".repeat(90)}.conf`

describe("reading an archive", () => {
  it.runIf(has("archives made by tar", "tar")).each(["ustar", "pax", "gnu"])(
    "takes what tar writes as %s",
    (format) => {
      const folder = mkdtempSync(join(tmpdir(), "thwart-tar-"))
      const files = { "set/README": "", "set/rules/ä b.conf": "x".repeat(513), [`set/${long}`]: "long" }
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true })
        writeFileSync(join(folder, name), content)
      }
      const archive = execFileSync("tar", ["-C", folder, `--format=${format}`, "-cf", "-", "./set"])
      rmSync(folder, { recursive: true })
      const found = shown(archive)
      expect(found).toContain("set/rules/")
      expect(found.filter((line) => !line.endsWith("/")).sort()).toEqual(
        Object.entries(files)
          .map(([name, content]) => `${name}: ${content}`)
          .sort(),
      )
    },
  )

  it("takes the comment of git archive, and drops the folder that was packed", () => {
    const archive = makeTar([
      { name: "pax_global_header", type: "g", content: paxRecord("comment", "4f2c") },
      { name: "./" },
      { name: "./a.conf", content: "a" },
      { name: "old", type: "\0", content: "b" },
    ])
    expect(shown(archive)).toEqual(["a.conf: a", "old: b"])
  })

  const file = { name: "a.conf", content: "a" }
  const pax = (content: string, type = "x"): readonly MadeEntry[] => [{ name: "h", type, content }, file]
  const hostile: readonly (readonly [what: string, archive: Buffer, why: RegExp])[] = [
    ["a path upwards", makeTar([{ name: "../a" }]), /"\.\.\/a" leads out of it/],
    ["a path upwards and down", makeTar([{ name: "a/../../b" }]), /leads out/],
    ["a folder upwards", makeTar([{ name: "a/../" }]), /leads out/],
    ["an absolute path", makeTar([{ name: "/etc/passwd" }]), /is absolute/],
    ["a path of Windows", makeTar([{ name: "C:/a" }]), /is absolute/],
    ["a backslash", makeTar([{ name: "..\\a" }]), /characters that are not taken/],
    ["a line end", makeTar([{ name: "a\nb" }]), /characters that are not taken/],
    ["no name", makeTar([{ name: "" }]), /names no file/],
    ["a file with a folder's name", makeTar([{ name: "a/", type: "0" }]), /names no file/],
    ["a file called ..", makeTar([{ name: ".." }]), /leads out/],
    ["a path upwards in a pax header", makeTar(pax(paxRecord("path", "../../a"))), /leads out/],
    ["a NUL in a pax header", makeTar(pax(paxRecord("path", "a\0b"))), /characters that are not taken/],
    ["a path upwards in a GNU name", makeTar(pax("../a\0", "L")), /leads out/],
    ["a path for all entries", makeTar(pax(paxRecord("path", "a"), "g")), /"path" header is not taken/],
    ["a size in a pax header", makeTar(pax(paxRecord("size", "1"))), /"size" header is not taken/],
    ["a sparse file in a pax header", makeTar(pax(paxRecord("GNU.sparse.major", "1"))), /GNU\.sparse/],
    ["a damaged pax header", makeTar(pax("99 path=a\n")), /pax header is damaged/],
    ["a pax header that never advances", makeTar(pax("0 a=b\n")), /pax header is damaged/],
    ["a large pax header", makeTar(pax(paxRecord("comment", "x".repeat(70_000)))), /more than the limit of 65536/],
    ["a symbolic link", makeTar([{ name: "a", type: "2", link: "/etc" }]), /"a" is a symbolic link/],
    ["a hard link", makeTar([{ name: "a", type: "1", link: "b" }]), /a hard link/],
    ["a device", makeTar([{ name: "a", type: "3" }]), /a character device/],
    ["a pipe", makeTar([{ name: "a", type: "6" }]), /a pipe/],
    ["a long link", makeTar(pax("/etc\0", "K")), /of the kind "K"/],
    ["a folder with contents", makeTar([{ name: "a/", content: "x" }]), /has contents/],
    ["a deep path", makeTar(pax(paxRecord("path", "a/".repeat(16) + "b"))), /too long/],
    ["a long path", makeTar(pax(paxRecord("path", "a".repeat(501)))), /too long/],
    ["a long name", makeTar(pax(paxRecord("path", "ä".repeat(200)))), /too long/],
    ["a name that is not UTF-8", makeTar([{ name: "a\xff" }]), /not UTF-8/],
    ["a large file", makeTar([{ name: "a", content: Buffer.alloc(100_001) }]), /more than the limit of 100000/],
    ["more than it has", makeTar([{ name: "a", size: 90_000 }]), /ends early/],
    ["many entries", makeTar(Array.from({ length: 61 }, () => file)), /more than 60 entries/],
    ["no end", makeTar([file], Buffer.alloc(0)), /ends early/],
    [
      "something behind its end",
      makeTar([file], Buffer.concat([Buffer.alloc(1024), Buffer.from("x")])),
      /behind its end/,
    ],
    ["a damaged header", makeTar([file]).fill("x", 0, 1), /header at byte 0 is damaged/],
    ["no archive", Buffer.from("hello".repeat(200)), /no header of a tar archive/],
    ["nothing", Buffer.alloc(0), /ends early/],
  ]

  it.each(hostile)("refuses %s", (_what, archive, why) => {
    expect(() => read(archive)).toThrow(why)
    expect(() => read(archive)).toThrow(ThwartError)
  })

  it("refuses all of them", () => expect(hostile).toHaveLength(37))

  it("refuses whatever is damaged, with a reason, and never gives a path that leads out", () => {
    const good = makeTar([
      { name: "h", type: "x", content: paxRecord("path", "set/rules/one.conf") },
      { name: "a", content: "SecRule" },
      { name: "set/" },
      { name: "@LongLink", type: "L", content: "set/rules/two.conf\0" },
      { name: "b", content: "x".repeat(600) },
    ])
    const change = fc.record({
      at: fc.nat(good.length - 1),
      byte: fc.constantFrom(0, 0x20, 0x2e, 0x2f, 0x30, 0x37, 0xff),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), (changes, mend) => {
        const bad = Buffer.from(good)
        for (const { at, byte } of changes) bad[at] = byte
        if (mend) mendChecksums(bad)
        try {
          for (const { path } of read(bad)) expect(path).not.toMatch(/^\/|\\|(?:^|\/)\.\.?(?:\/|$)|[\x00-\x1f]/)
        } catch (error) {
          expect(error).toBeInstanceOf(ThwartError)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

/** So that damage reaches what stands behind the check. */
function mendChecksums(archive: Buffer): void {
  for (let at = 0; at + 512 <= archive.length; at += 512) {
    const header = archive.subarray(at, at + 512)
    if (header.toString("latin1", 257, 262) !== "ustar") continue
    header.write("        ", 148, "latin1")
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1")
  }
}
