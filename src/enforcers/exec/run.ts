import { type ChildProcess, spawn } from "node:child_process"
import { messageOf } from "../../core/index.ts"
import { shown } from "../../outbound/index.ts"

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Of standard output; one that prints more is ended. */
  readonly maxOutputBytes: number
}

export type Ran =
  | { readonly kind: "succeeded"; readonly output: string }
  /** `started`: it may have done something. */
  | { readonly kind: "failed"; readonly reason: string; readonly started: boolean }

const lastWordsMs = 1000
// Enough of what it complains about.
const maxErrorBytes = 1024

/** Runs a program without a shell, with an environment of its own, in the root folder, and ends it with all it started. */
export async function run(
  { program, args, env, timeoutMs, maxOutputBytes }: Command,
  signal: AbortSignal,
): Promise<Ran> {
  const child = spawn(program, [...args], {
    cwd: "/",
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  })
  let why: string | undefined
  const end = (reason: string) => {
    why ??= reason
    killAll(child)
  }
  const timer = setTimeout(() => end(`it ran for more than ${timeoutMs / 1000} s`), timeoutMs)
  const onAbort = () => end("Thwart is stopping")
  signal.addEventListener("abort", onAbort, { once: true })
  const output = collect(child.stdout, maxOutputBytes, () => end(`it printed more than ${maxOutputBytes} bytes`))
  const complaint = collect(child.stderr, maxErrorBytes, () => undefined)
  try {
    const { code, killed } = await ending(child)
    // What it left running in the background has no more to say.
    if (why === undefined && code === 0) return { kind: "succeeded", output: output() }
    const said = shown(complaint().trim() || output().trim())
    const how = why ?? (code === null ? `it was ended by ${killed}` : `it ended with ${code}`)
    return { kind: "failed", reason: said === "" ? how : `${how}: ${said}`, started: true }
  } catch (error) {
    return { kind: "failed", reason: shown(messageOf(error)), started: false }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener("abort", onAbort)
    child.stdout.destroy()
    child.stderr.destroy()
  }
}

interface Ending {
  readonly code: number | null
  readonly killed: string | null
}

/** Rejects when it could not be started. */
function ending(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code, killed) => resolve({ code, killed }))
    // Whoever it left in the background may hold the pipes open for ever.
    child.once("exit", (code, killed) => setTimeout(() => resolve({ code, killed }), lastWordsMs).unref())
  })
}

function killAll({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // The whole group is gone already.
  }
}

/** Keeps the beginning, and reads on so that the program is never held up. */
function collect(stream: NodeJS.ReadableStream, most: number, onMore: () => void): () => string {
  const parts: Buffer[] = []
  let bytes = 0
  stream.on("data", (part: Buffer) => {
    if (bytes < most) parts.push(part)
    bytes += part.length
    if (bytes > most) onMore()
  })
  return () => Buffer.concat(parts).subarray(0, most).toString("utf8")
}
