import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { has } from "../test/support/requirements.ts"

/** Runs the task with a network namespace of its own; undefined, and a loud word, where that can't be. */
export async function inNamespace<T>(what: string, task: (netns: string) => Promise<T>): Promise<T | undefined> {
  if (!has(what, "root", "nft", "ip")) return undefined
  const netns = `thwart-bench-${process.pid}`
  execFileSync("ip", ["netns", "add", netns])
  try {
    return await task(netns)
  } finally {
    execFileSync("ip", ["netns", "del", netns])
  }
}

export interface Spent {
  /** CPU time of this process, and of the children that have ended. */
  readonly ownSeconds: number
  readonly childSeconds: number
  readonly wallMs: number
}

export async function spent(task: () => Promise<unknown>): Promise<Spent> {
  const [own, children, wall] = [process.cpuUsage(), childSeconds(), performance.now()]
  await task()
  const { user, system } = process.cpuUsage(own)
  return {
    ownSeconds: (user + system) / 1e6,
    childSeconds: childSeconds() - children,
    wallMs: performance.now() - wall,
  }
}

/**
 * For how much of the time of a task something on this machine waited for a CPU, in per cent: a wait that is measured on a machine that
 * others use says little. `chrt -f 10 npm run bench` steps in front of them.
 */
export async function pressure(task: () => Promise<unknown>): Promise<number> {
  const [before, startedAt] = [waitedMs(), performance.now()]
  await task()
  return ((waitedMs() - before) / (performance.now() - startedAt)) * 100
}

/** Pressure stall information of the kernel (PSI), in microseconds; 0 where it is switched off. */
function waitedMs(): number {
  try {
    return Number(/^some .*total=(\d+)/m.exec(readFileSync("/proc/pressure/cpu", "utf8"))?.[1] ?? 0) / 1000
  } catch {
    return 0
  }
}

/** proc_pid_stat(5): cutime and cstime, in ticks of 10 ms. */
function childSeconds(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? []
  return (Number(fields[13]) + Number(fields[14])) / 100
}

/** The most memory that any child had at once, looked at every few milliseconds while the task runs. */
export async function peakOfChildren(task: () => Promise<unknown>): Promise<number> {
  let peakMb = 0
  const done = new AbortController()
  const watching = (async () => {
    while (!done.signal.aborted) {
      for (const child of children()) peakMb = Math.max(peakMb, peakOf(child))
      await sleep(5)
    }
  })()
  await task()
  done.abort()
  await watching
  return peakMb
}

function children(): readonly string[] {
  return readdirSync("/proc/self/task").flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
  )
}

function peakOf(pid: string): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024
  } catch {
    return 0 // It has ended meanwhile.
  }
}
