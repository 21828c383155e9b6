// Makes a fresh checkout runnable with nothing but Node and npm: installs dependencies, builds the console (--console), and then
// runs a script with the rest of the arguments (--then FILE …). Plain JavaScript for the oldest Node we start on (20); what comes
// after --then runs on the project's own Node, found by its path, since a shell remembers where `node` stood before the installation.
import { spawn, spawnSync } from "node:child_process"
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

const then = process.argv.indexOf("--then")
const own = then < 0 ? process.argv.slice(2) : process.argv.slice(2, then)

if (own.includes("--console")) {
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

if (then >= 0) {
  const child = spawn(
    nodeBinary,
    [
      "--disable-warning=ExperimentalWarning",
      "--max-semi-space-size=16",
      "--no-parallel-scavenge",
      ...process.argv.slice(then + 1),
    ],
    {
      stdio: "inherit",
      cwd: root,
    },
  )
  // The terminal sends Ctrl-C to both; this one waits for the other's end.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => signal === "SIGTERM" && child.kill(signal))
  child.on("error", (error) => {
    console.error(`thwart: cannot start ${nodeBinary}: ${error.message}`)
    process.exit(1)
  })
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)))
}
