import type { EventType } from "../../core/index.ts"
import { type OpenBytes, openBytes } from "./bytes.ts"

export type FileFormat = "pcap" | "pcapng" | "access-log" | "eve" | EventType

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
  const events = eventTypeOf(lines)
  if (events !== undefined) return events
  return lines.some(isAccessLine) ? "access-log" : undefined
}

/** What only the records of that tool have. */
const eventMarks: readonly (readonly [EventType, ...(readonly RegExp[])])[] = [
  ["audit", /type=\S{1,40} (?:msg=)?audit\(\d{1,11}\.\d{3}:\d{1,20}\)/],
  ["audit", /^\{/, /"auditd"\s*:\s*\{|"messages"\s*:\s*\[\s*\{\s*"type"\s*:\s*1\d{3}/],
  ["falco", /^\{/, /"rule"\s*:/, /"priority"\s*:/, /"output"\s*:/],
  ["tetragon", /\{"|^\{/, /"process_(?:exec|exit|kprobe|tracepoint|lsm|uprobe|usdt|loader)"\s*:\s*\{/],
  ["cloudtrail", /^[[{]/, /"eventSource"\s*:/, /"eventName"\s*:/],
  ["cloudtrail", /^\{/, /"CloudTrailEvent"\s*:/],
]

/** Of one line; or of all together, for JSON that is written over several. */
function eventTypeOf(lines: readonly string[]): EventType | undefined {
  for (const text of [...lines, lines.join("\n")])
    for (const [type, ...marks] of eventMarks) if (marks.every((mark) => mark.test(text))) return type
  return undefined
}

/** `address … [time] "request" status`, maybe with a virtual host before it. */
function isAccessLine(line: string): boolean {
  return /^\S+ \S[^[]{0,300}\[[^\]]{10,40}\] "(?:[^"\\]|\\.){0,60000}" \d{3} /.test(line)
}
