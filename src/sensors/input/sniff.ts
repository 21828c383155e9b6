import { type OpenBytes, openBytes } from "./bytes.ts"

export type FileFormat = "pcap" | "pcapng" | "access-log" | "eve"

const sniffedBytes = 64 * 1024
// A log may begin with lines that a scanner's garbage made unreadable.
const sniffedLines = 20

const pcapMagics: ReadonlySet<string> = new Set([
  "a1b2c3d4",
  "d4c3b2a1",
  "a1b23c4d",
  "4d3cb2a1",
  "a1b2cd34",
  "34cdb2a1",
])

/** What a file is, by its content (unpacked when it is gzip), not its name; undefined for what Thwart can't read. */
export async function sniffFormat(path: string, open: OpenBytes = openBytes): Promise<FileFormat | undefined> {
  const source = await open(path)
  try {
    let first = Buffer.alloc(0)
    for await (const chunk of source.chunks()) {
      first = Buffer.concat([first, chunk.subarray(0, sniffedBytes)])
      if (first.length >= sniffedBytes) break
    }
    return formatOf(first)
  } finally {
    await source.close()
  }
}

function formatOf(first: Buffer): FileFormat | undefined {
  const magic = first.toString("hex", 0, 4)
  if (pcapMagics.has(magic)) return "pcap"
  if (magic === "0a0d0d0a") return "pcapng"
  const lines = first
    .toString("latin1")
    .split("\n", sniffedLines)
    .filter((line) => line.trim() !== "")
  if (lines.some((line) => line.startsWith("{") && /"event_type"\s*:/.test(line))) return "eve"
  return lines.some(isAccessLine) ? "access-log" : undefined
}

/** `address … [time] "request" status`, maybe with a virtual host before it. */
function isAccessLine(line: string): boolean {
  return /^\S+ \S[^[]{0,300}\[[^\]]{10,40}\] "(?:[^"\\]|\\.){0,60000}" \d{3} /.test(line)
}
