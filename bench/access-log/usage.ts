import { readFileSync } from "node:fs"

/** What a process of this machine used. */
export interface Usage {
  readonly cpuSeconds: number
  /** Resident memory at its peak. */
  readonly peakBytes: number
}

const ticksPerSecond = 100

/** Threads included, ended children not (proc(5)); undefined when the process has ended. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const ticks = Number(fields[11]) + Number(fields[12])
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
    // A process that ended and was not waited for has no memory any more.
    return peak === undefined ? undefined : { cpuSeconds: ticks / ticksPerSecond, peakBytes: Number(peak) * 1024 }
  } catch {
    return undefined
  }
}
