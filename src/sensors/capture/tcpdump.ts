import { type ChildProcessByStdio, spawn as spawnProcess } from "node:child_process"
import type { Readable } from "node:stream"
import { ThwartError } from "../../core/index.ts"

export type Capture = ChildProcessByStdio<null, Readable, Readable>
export type SpawnCapture = (command: string, args: readonly string[]) => Capture

/** What tcpdump is told; `netns` is the name of a network namespace to capture in. */
export interface TcpdumpOptions {
  readonly interface: string
  /** A pcap filter; by default TCP and fragments. An empty one takes everything. */
  readonly filter?: string
  readonly snaplen?: number
  readonly netns?: string
  /** `tcpdump` by default. */
  readonly command?: string
}

export const spawnTcpdump: SpawnCapture = (command, args) =>
  spawnProcess(command, [...args], { stdio: ["ignore", "pipe", "pipe"] })

// A fragment shows its protocol only in its first piece.
const defaultFilter = "tcp or (ip[6:2] & 0x3fff != 0) or (ip6 proto 44)"
const defaultSnaplen = 262_144
// Rides out a pause of 100 ms at 1 Gbit/s.
const kernelBufferKiB = 16_384

export function tcpdumpCommand(options: TcpdumpOptions): readonly [command: string, args: readonly string[]] {
  const { filter = defaultFilter, snaplen = defaultSnaplen, netns, command = "tcpdump" } = options
  const args = ["-i", options.interface, "-n", "-U", "--immediate-mode", "-s", `${snaplen}`, "-B", `${kernelBufferKiB}`]
  args.push("-w", "-")
  if (filter !== "") args.push("--", filter)
  return netns === undefined ? [command, args] : ["ip", ["netns", "exec", netns, command, ...args]]
}

/** What tcpdump said on its standard error, as far as it matters. */
export interface TcpdumpWords {
  /** `undefined` for lines that tell nothing. */
  read(text: string): void
  readonly listening: boolean
  readonly dropped: number
  /** Its last words, for messages. */
  readonly last: string
}

const mostWords = 2000

export function createTcpdumpWords(): TcpdumpWords {
  let partial = ""
  let last = ""
  let listening = false
  let dropped = 0
  const line = (text: string) => {
    const drops = /(\d+) packets? dropped by kernel/.exec(text)
    if (drops !== null) dropped = Number(drops[1])
    if (/listening on /.test(text)) listening = true
    else if (!/packets? (captured|received|dropped)|^\s*$/.test(text)) last = text.replace(/^tcpdump: /, "")
  }
  return {
    read: (text) => {
      const lines = (partial + text).split("\n")
      partial = (lines.pop() ?? "").slice(-mostWords)
      for (const one of lines) line(one.slice(0, mostWords))
    },
    get listening() {
      return listening
    },
    get dropped() {
      return dropped
    },
    get last() {
      return last
    },
  }
}

/** Why tcpdump could not capture, and what to do. */
export function captureError(
  options: TcpdumpOptions,
  error: NodeJS.ErrnoException | undefined,
  words: string,
): ThwartError {
  const on = `can't capture on "${options.interface}"`
  if (error?.code === "ENOENT") {
    const what = options.netns === undefined ? `"${options.command ?? "tcpdump"}"` : `"ip"`
    return new ThwartError(
      "THWART_CAPTURE_FAILED",
      `${on}: ${what} is not installed (apt-get install tcpdump iproute2)`,
      {
        cause: error,
      },
    )
  }
  if (/permi(ssion|tted)/i.test(words) || error?.code === "EACCES" || error?.code === "EPERM")
    return new ThwartError("THWART_CAPTURE_FAILED", `${on}: not permitted; run as root or give CAP_NET_RAW (${words})`)
  return new ThwartError("THWART_CAPTURE_FAILED", `${on}: ${words === "" ? "tcpdump ended at once" : words}`, {
    ...(error !== undefined && { cause: error }),
  })
}
