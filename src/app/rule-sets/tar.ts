import { ThwartError } from "../../core/index.ts"
import { type ArchivePath, archivePath } from "./archive-path.ts"

export interface TarEntry {
  readonly kind: "file" | "folder"
  readonly path: ArchivePath
  /** Of a folder none. */
  readonly bytes: Uint8Array
}

export interface TarLimits {
  readonly entries: number
  readonly fileBytes: number
}

// POSIX.1-2024, pax: "ustar Interchange Format", where every field stands.
const blockBytes = 512
const fields = {
  name: [0, 100],
  size: [124, 136],
  checksum: [148, 156],
  magic: [257, 265],
  prefix: [345, 500],
} as const
const typeAt = 156
// Names and times of one entry; real ones are a few hundred bytes.
const extraBytes = 65_536

const otherKinds: Readonly<Record<string, string>> = {
  "1": "a hard link",
  "2": "a symbolic link",
  "3": "a character device",
  "4": "a block device",
  "6": "a pipe",
  S: "a sparse file",
}

/**
 * Files and folders of a tar archive (ustar, pax, and GNU's long names); throws THWART_FETCH_FAILED at whatever else is in it,
 * at a path that leads out of it, and where it is damaged or ends early.
 */
export function* readTar(archive: Uint8Array, limits: TarLimits): Generator<TarEntry> {
  let at = 0
  let longName: string | undefined
  for (let count = 0; ; count++) {
    const header = blockOf(archive, at, blockBytes)
    if (header.every((byte) => byte === 0)) break
    if (count >= limits.entries) throw refuse(`it has more than ${limits.entries} entries`)
    checkHeader(header, at)
    const type = String.fromCharCode(header[typeAt] ?? 0)
    const size = sizeOf(header)
    const name = longName ?? nameOf(header)
    const isExtra = type === "x" || type === "g" || type === "L"
    const limit = isExtra ? extraBytes : limits.fileBytes
    if (size > limit) throw refuse(`"${shown(name)}" has ${size} bytes, more than the limit of ${limit}`)
    const bytes = blockOf(archive, at + blockBytes, size)
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes
    if (isExtra) {
      longName = type === "L" ? decode(untilNul(bytes)) : paxName(bytes, type, longName)
      continue
    }
    longName = undefined
    const entry = entryOf(type, name, bytes)
    if (entry !== undefined) yield entry
  }
  if (!archive.subarray(at).every((byte) => byte === 0)) throw refuse("something stands behind its end")
}

function entryOf(type: string, name: string, bytes: Uint8Array): TarEntry | undefined {
  if (type !== "0" && type !== "\0" && type !== "5")
    throw refuse(
      `"${shown(name)}" is ${otherKinds[type] ?? `of the kind "${shown(type)}"`}; only files and folders are taken`,
    )
  const kind = type === "5" ? "folder" : "file"
  if (kind === "folder" && bytes.length > 0) throw refuse(`the folder "${shown(name)}" has contents of its own`)
  const path = archivePath(name, kind)
  // The folder that was packed, itself.
  return path === undefined ? undefined : { kind, path, bytes }
}

function checkHeader(header: Uint8Array, at: number): void {
  const magic = latin1(header, fields.magic)
  if (magic !== "ustar\u000000" && magic !== "ustar  \0") throw refuse(`at byte ${at} is no header of a tar archive`)
  const [from, to] = fields.checksum
  const sum = header.reduce((total, byte, index) => total + (index >= from && index < to ? 0x20 : byte), 0)
  if (octal(latin1(header, fields.checksum)) !== sum) throw refuse(`the header at byte ${at} is damaged`)
}

function sizeOf(header: Uint8Array): number {
  const size = octal(latin1(header, fields.size))
  // What is larger than eleven octal digits say is written otherwise, and over every limit.
  if (size === undefined) throw refuse(`the size of "${shown(nameOf(header))}" can't be read`)
  return size
}

function nameOf(header: Uint8Array): string {
  const name = decode(untilNul(header.subarray(...fields.name)))
  // GNU's own format keeps times where ustar has the prefix.
  if (latin1(header, fields.magic) !== "ustar\u000000") return name
  const prefix = decode(untilNul(header.subarray(...fields.prefix)))
  return prefix === "" ? name : `${prefix}/${name}`
}

/** The path that a pax header gives the next entry; one for all entries (`g`) may only comment. */
function paxName(bytes: Uint8Array, type: string, before: string | undefined): string | undefined {
  let name = before
  for (const [key, value] of paxRecords(bytes)) {
    if (key === "size" || key.startsWith("GNU.sparse") || (type === "g" && key === "path"))
      throw refuse(`its "${shown(key)}" header is not taken`)
    if (key === "path") name = value
  }
  return name
}

/** `LENGTH KEY=VALUE\n`, the length counting all of it. */
function* paxRecords(bytes: Uint8Array): Generator<readonly [key: string, value: string]> {
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const digits = space < 0 ? "" : latin1(bytes, [at, space])
    const end = at + Number(digits)
    if (!/^[1-9]\d{0,5}$/.test(digits) || end > bytes.length || end <= space || bytes[end - 1] !== 0x0a)
      throw refuse("a pax header is damaged")
    const record = decode(bytes.subarray(space + 1, end - 1))
    const equals = record.indexOf("=")
    if (equals < 1) throw refuse("a pax header is damaged")
    yield [record.slice(0, equals), record.slice(equals + 1)]
    at = end
  }
}

function blockOf(archive: Uint8Array, at: number, size: number): Uint8Array {
  if (at + size > archive.length) throw refuse("it ends early")
  return archive.subarray(at, at + size)
}

function octal(text: string): number | undefined {
  const [, digits] = /^ *([0-7]+)[ \0]*$/.exec(text) ?? []
  return digits === undefined ? undefined : Number.parseInt(digits, 8)
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new ThwartError("THWART_FETCH_FAILED", "a name in the archive is not UTF-8", { cause })
  }
}

const latin1 = (bytes: Uint8Array, [from, to]: readonly [number, number]) =>
  Buffer.from(bytes.subarray(from, to)).toString("latin1")

const shown = (text: string) => JSON.stringify(text.slice(0, 200)).slice(1, -1)

const refuse = (what: string) => new ThwartError("THWART_FETCH_FAILED", `the archive can't be used: ${what}`)
