import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

describe("a capture of hundreds of megabytes", () => {
  it("is read in less than 300 MB", async () => {
    const child = join(import.meta.dirname, "testing", "memory-child.ts")
    const { stdout } = await promisify(execFile)(process.execPath, [child, "1000"])
    const { maxRssBytes, observations } = JSON.parse(stdout)
    expect(observations).toBeGreaterThan(10_000)
    expect(maxRssBytes).toBeLessThan(300e6)
  })
})
