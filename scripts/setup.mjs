// Makes a fresh checkout runnable with nothing but Node and npm: installs dependencies, and builds the console on request.
// Plain JavaScript for the oldest Node we start on (20); everything after it runs on the project's own Node.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const windows = process.platform === "win32"
const stamp = (name) => join(root, "node_modules", `.thwart-${name}`)

function run(what, args) {
  console.error(`thwart: ${what}`)
  // npm is a .cmd file on Windows, which only a shell can start; the arguments are fixed words.
  const result = spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2], shell: windows })
  if (result.status !== 0) {
    console.error(
      `thwart: "npm ${args.join(" ")}" failed (exit ${result.status ?? result.error?.message}); run it by hand to see why`,
    )
    process.exit(1)
  }
}

function hashOf(paths) {
  const hash = createHash("sha256")
  for (const path of paths) hash.update(path).update(readFileSync(path))
  return hash.digest("hex")
}

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

function once(name, hash, isThere, action) {
  const file = stamp(name)
  if (isThere() && existsSync(file) && readFileSync(file, "utf8") === hash) return
  action()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, hash)
}

const nodeBinary = join(root, "node_modules", "node", "bin", windows ? "node.exe" : "node")
once(
  "install",
  hashOf([join(root, "package-lock.json")]),
  () => existsSync(nodeBinary),
  () => {
    run("installing dependencies (once)", ["ci", "--no-audit", "--no-fund", "--loglevel=error"])
    // Where install scripts are switched off, the project's own Node has to be fetched by name.
    if (!existsSync(nodeBinary)) run("fetching Node", ["rebuild", "node", "--ignore-scripts=false", "--loglevel=error"])
  },
)

if (process.argv.includes("--console")) {
  const sources = [
    ...filesUnder(join(root, "console", "src")),
    ...filesUnder(join(root, "src", "api", "contract")),
    ...filesUnder(join(root, "src", "core")),
  ]
  const built = join(root, "console", "dist", "index.html")
  once(
    "console",
    hashOf([...sources.filter((path) => statSync(path).size < 1e6), join(root, "package-lock.json")]),
    () => existsSync(built),
    () => run("building the console (once)", ["run", "--silent", "build:console"]),
  )
}
