import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import type { Bench, Figure } from "./figure.ts"
import { inNamespace, pressure } from "./namespace.ts"

/** From the alert that completes an attack to the block in the kernel: the real pipeline on a disk, at 1,000 alerts a second. */
export const respond: Bench = async (onProgress) =>
  (await inNamespace("the respond bench", async (netns) => {
    onProgress("1,000 alerts a second for 30 s")
    const script = join(import.meta.dirname, "respond", "run.ts")
    let figures: readonly Figure[] = []
    const waited = await pressure(async () => {
      const { stdout } = await promisify(execFile)("ip", ["netns", "exec", netns, process.execPath, script])
      // The cast holds: the script prints what it measured, and nothing else.
      figures = JSON.parse(stdout) as readonly Figure[]
    })
    return [
      ...figures,
      { what: "meanwhile something waited for a CPU (others', too)", value: waited, unit: "% of the time" },
    ]
  })) ?? []
