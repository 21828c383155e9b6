import { gzipSync } from "node:zlib"

export interface MadeEntry {
  readonly name: string
  readonly content?: string | Uint8Array
  /** The type flag; without one a file, or a folder where the name ends with a slash. */
  readonly type?: string
  /** What the header says, where it shall not be the truth. */
  readonly size?: number
  readonly link?: string
}

const block = 512

/** A ustar archive of these entries, as they are: nothing is checked, so that tests can make what no honest tool makes. */
export function makeTar(entries: readonly MadeEntry[], end: Uint8Array = Buffer.alloc(2 * block)): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), end])
}

export const makeTarGz = (entries: readonly MadeEntry[]): Buffer => gzipSync(makeTar(entries))

/** The contents of a pax header. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  // The length counts its own digits.
  const digits = String(bytes + String(bytes).length).length
  return `${bytes + digits}${rest}`
}

function blocksOf({ name, content = "", type, size, link = "" }: MadeEntry): readonly Uint8Array[] {
  const bytes = typeof content === "string" ? Buffer.from(content) : content
  const header = Buffer.alloc(block)
  header.write(name, 0, 100, "latin1")
  header.write("0000644\u00000000000\u00000000000\u0000", 100, "latin1")
  header.write(`${(size ?? bytes.length).toString(8).padStart(11, "0")}\u0000${"0".repeat(11)}\u0000`, 124, "latin1")
  header.write(`        ${type ?? (name.endsWith("/") ? "5" : "0")}`, 148, "latin1")
  header.write(link, 157, 100, "latin1")
  header.write("ustar\u000000", 257, "latin1")
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1")
  return [header, bytes, Buffer.alloc((block - (bytes.length % block)) % block)]
}
