// `npm run check`: format, lint, types, architecture and documents in step with the code. CI runs the same.
import { spawnSync } from "node:child_process"
import { join } from "node:path"

const modules = join(import.meta.dirname, "..", "node_modules")
const steps: readonly (readonly [name: string, script: string, ...rest: string[]])[] = [
  ["format and lint", join(modules, "@biomejs", "biome", "bin", "biome"), "ci", "."],
  ["types", join(modules, "typescript", "bin", "tsc"), "--noEmit"],
  ["types of the console", join(modules, "typescript", "bin", "tsc"), "--noEmit", "-p", "console"],
  ["architecture and documents", join(modules, "vitest", "vitest.mjs"), "run", "test/architecture", "docs"],
]

for (const [name, script, ...rest] of steps) {
  console.error(`check: ${name}`)
  const { status } = spawnSync(process.execPath, [script, ...rest], { stdio: "inherit", cwd: join(modules, "..") })
  if (status !== 0) process.exit(status ?? 1)
}
