// `npm run build`: the JavaScript and the types that the published package has, since Node runs no TypeScript of dependencies.
import { spawnSync } from "node:child_process"
import { rmSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")
rmSync(join(root, "dist"), { recursive: true, force: true })
const tsc = join(root, "node_modules", "typescript", "bin", "tsc")
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" })
process.exit(status ?? 1)
