import { type ChildProcess, fork } from "node:child_process"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { messageOf } from "../../src/core/index.ts"
import type { Target } from "./points.ts"
import type { OperationName, Operations, ServerSettings, ToServer, ToTest } from "./wire.ts"

/** A server in a process of its own. What is asked of one that dies is rejected with `Killed`. */
export interface Server {
  readonly operations: Operations
  /** Resolves when the server has heard it; it dies at that step, counted from now, or at none. */
  arm(dieAt: number | null): Promise<void>
  /** The steps that it took since it was armed. */
  trace(): readonly string[]
  isDead(): boolean
  kill(): Promise<void>
}

export class Killed extends Error {}

type Question = Extract<ToServer, { kind: "call" | "arm" }>

const names: readonly OperationName[] = [
  "ingest",
  "block",
  "undo",
  "allow",
  "disallow",
  "changePolicy",
  "decideRecommendation",
]
const signal = AbortSignal.timeout(3_600_000)

export async function startServer(settings: ServerSettings, target: Target): Promise<Server> {
  const child = fork(join(import.meta.dirname, "server.ts"), [JSON.stringify(settings)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
    // Every start reads the same sources.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "thwart-chaos-cache") },
  })
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  let trace = ""
  let [said, asked, dead] = ["", 0, false]
  child.stderr?.on("data", (text) => {
    said += text
  })
  child.stdout?.on("data", (text) => {
    trace += text
  })
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
  void ended.then(() => {
    dead = true
    for (const { reject } of waiting.values()) reject(new Killed(`the server is gone: ${said}`))
    waiting.clear()
  })
  const tell = (message: ToServer) => {
    // Nobody hears what is said to one that died a moment ago.
    if (child.connected) child.send(message, () => undefined)
  }
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (message: ToTest) => {
      if (message.kind === "ready") resolve()
      else if (message.kind === "answer") {
        const one = waiting.get(message.id)
        waiting.delete(message.id)
        // The cast holds: it is the answer of the operation that was called by this id.
        if (message.error === undefined) one?.resolve(message.value as never)
        else one?.reject(new Error(message.error))
      } else void work(message, target).then(tell)
    })
    void ended.then(() => reject(new Error(`the server did not start: ${said}`)))
  })
  await ready

  const ask = (message: Omit<Question, "id">) =>
    new Promise<never>((resolve, reject) => {
      if (dead) return reject(new Killed("the server is gone"))
      const id = asked++
      waiting.set(id, { resolve, reject })
      // The cast holds: only the id was left out.
      tell({ ...message, id } as Question)
    })
  // The cast holds: each member has its own name, and the answer is what the real one gave.
  const operations = Object.fromEntries(
    names.map((name) => [
      name,
      (...args: readonly unknown[]) => ask({ kind: "call", name, args } as Omit<Question, "id">),
    ]),
  ) as unknown as Operations
  return {
    operations,
    trace: () => trace.split("\n").filter((line) => line !== ""),
    arm: (dieAt) => {
      if (dieAt !== null) trace = ""
      return ask({ kind: "arm", dieAt } as Omit<Question, "id">)
    },
    isDead: () => dead,
    kill: () => killed(child, ended),
  }
}

/** What the server asks of the test's own target. */
async function work(message: Extract<ToTest, { kind: "observe" | "apply" }>, target: Target): Promise<ToServer> {
  try {
    const value =
      message.kind === "observe" ? await target.observe(signal) : await target.apply(message.operations, signal)
    return { kind: "target", id: message.id, value }
  } catch (error) {
    return { kind: "target", id: message.id, error: messageOf(error) }
  }
}

async function killed(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGKILL")
  await ended
}
