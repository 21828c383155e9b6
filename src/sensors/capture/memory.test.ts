import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

async function readInChild(mix: string, megabytes: number, flags: readonly string[] = []) {
  const child = join(import.meta.dirname, "testing", "memory-child.ts")
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, child, mix, `${megabytes}`])
  return JSON.parse(stdout)
}

describe("a capture larger than memory", () => {
  it("of a gigabyte is read in less than 300 MB", async () => {
    const { maxRssBytes, observations } = await readInChild("honest", 1000)
    expect(observations).toBeGreaterThan(10_000)
    expect(maxRssBytes).toBeLessThan(300e6)
  })

  it("that was made to be held on to is read in bounded memory too", async () => {
    // A young generation of its default size alone takes 100 MB with so much that lives just long enough.
    const { maxRssBytes, observations, skipped } = await readInChild("hostile", 200, ["--max-semi-space-size=16"])
    expect(observations).toBeGreaterThan(1000)
    expect(skipped["connection ended early for want of memory"]).toBeGreaterThan(0)
    expect(maxRssBytes).toBeLessThan(350e6)
  }, 60_000)
})
