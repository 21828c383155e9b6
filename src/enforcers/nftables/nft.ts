import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { accessSync, closeSync, constants, openSync, unlinkSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { ThwartError } from "../../core/index.ts"

/** Runs nft: standard input in, standard output out; throws THWART_NFT_FAILED with what it printed. */
export type Nft = (args: readonly string[], input: string, signal: AbortSignal) => Promise<string>

// A listing of 100,000 elements is 8 MB.
const maxOutputBytes = 256 * 1024 * 1024
const maxComplaintBytes = 64 * 1024
// 100,000 elements take less than a second; a kernel that is busy may need more.
const timeoutMs = 30_000

/** nft on this host, or inside a network namespace. */
export function createNft(netns: string | null): Nft {
  const [command, before] = netns === null ? ["nft", []] : ["ip", ["netns", "exec", netns, "nft"]]
  return async (args, input, signal) => {
    const stdin = openInput(input)
    const running = execute(command, [...before, ...args], { stdin, netns, signal })
    closeSync(stdin) // The child has its own.
    return await running
  }
}

/**
 * nft opens /dev/stdin by its name, which fails for the sockets that Node gives to its children; an unlinked file can be opened. At once
 * instead of in turns with the event loop: it takes less than a millisecond, and a block waits for it.
 */
function openInput(input: string): number {
  const path = join(folder(), `thwart-nft-${randomUUID()}`)
  try {
    const file = openSync(path, "wx+", 0o600)
    unlinkSync(path)
    const bytes = Buffer.from(input)
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, done)
    return file
  } catch (cause) {
    throw new ThwartError("THWART_NFT_FAILED", `${path} can't be written, which nft reads; is ${dirname(path)} full?`, {
      cause,
    })
  }
}

/** In memory where there is such a place: on a disk, making a file may wait for what others write. */
function folder(): string {
  try {
    accessSync("/dev/shm", constants.W_OK)
    return "/dev/shm"
  } catch {
    return tmpdir()
  }
}

interface Execution {
  readonly stdin: number
  readonly netns: string | null
  readonly signal: AbortSignal
}

function execute(command: string, args: readonly string[], { stdin, netns, signal }: Execution): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (said: string, cause?: unknown) => {
      const message = `${[command, ...args].join(" ")} failed: ${said}${adviceFor(said, netns)}`
      reject(new ThwartError("THWART_NFT_FAILED", message, cause === undefined ? {} : { cause }))
    }
    const env = { ...process.env, LC_ALL: "C" } // Messages are read, so they must not be translated.
    const child = spawn(command, args, { stdio: [stdin, "pipe", "pipe"], signal, timeout: timeoutMs, env })
    const output: Buffer[] = []
    const complaint: Buffer[] = []
    let [outputBytes, complaintBytes] = [0, 0]
    child.stdout?.on("data", (chunk: Buffer) => {
      outputBytes += chunk.length
      if (outputBytes > maxOutputBytes) child.kill("SIGKILL")
      else output.push(chunk)
    })
    child.stderr?.on("data", (chunk: Buffer) => {
      complaintBytes += chunk.length
      if (complaintBytes <= maxComplaintBytes) complaint.push(chunk)
    })
    child.on("error", (cause) => fail(signal.aborted ? "it was stopped" : `${command} can't be started`, cause))
    child.on("close", (code, killedBy) => {
      if (outputBytes > maxOutputBytes) fail(`it printed more than ${maxOutputBytes} bytes`)
      else if (code === 0) resolve(Buffer.concat(output).toString("utf8"))
      else if (code === null) fail(`it was ended by ${killedBy} (after ${timeoutMs / 1000} s, or by hand)`)
      else fail(essence(Buffer.concat(complaint).toString("utf8")) || `exit code ${code}`)
    })
  })
}

/** The first line that says something, without the position in a file that nobody wrote. */
function essence(complaint: string): string {
  const lines = complaint.split("\n").map((line) => line.replace(/^\S+:\d+:\d+-\d+: /, "").trim())
  return (lines.find((line) => line !== "") ?? "").slice(0, 500)
}

function adviceFor(said: string, netns: string | null): string {
  if (/can't be started|exec of "nft" failed/.test(said))
    return "; install it (apt-get install nftables), or leave the nftables enforcer out"
  if (/not permitted|must be root/i.test(said)) return "; it needs root, or the capability CAP_NET_ADMIN"
  if (/network namespace/.test(said)) return `; is there a namespace ${netns}? (ip netns list)`
  return ""
}

/** True when nothing at all can be done, whatever is asked of nft. */
export function isHopeless(message: string): boolean {
  return /can't be started|exec of "nft" failed|not permitted|must be root|network namespace|it was stopped|it was ended by/i.test(
    message,
  )
}
