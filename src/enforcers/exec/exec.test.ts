import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { type Cidr, createManualClock, overlaps, prefix } from "../../core/index.ts"
import { createSecrets } from "../../outbound/index.ts"
import { itKeepsTheContract } from "../contract.ts"
import type { Block } from "../enforcer.ts"
import { createBook } from "../told/index.ts"
import { execConfig } from "./config.ts"
import { createExecEnforcer } from "./exec.ts"

const start = 1_700_000_000_000
const signal = new AbortController().signal
const clock = createManualClock(start)
let folders: string[] = []
afterEach(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  folders = []
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "thwart-exec-"))
  folders.push(made)
  return made
}

// A firewall of somebody's: one file for each entry, `inbound 203.0.113.7_32`. It forgets nothing and knows of another's.
const firewall = `#!/bin/sh
set -eu
name() { echo "$1" | tr / _; }
case "$1" in
  add) echo "$4" > "$ENTRIES/$2 $(name "$3")" ;;
  del) rm -f "$ENTRIES/$2 $(name "$3")" ;;
  list) ls "$ENTRIES" | tr _ / ;;
esac
`

function program(dir: string, text: string, name = "fw"): string {
  const path = join(dir, name)
  writeFileSync(path, text)
  chmodSync(path, 0o755)
  return path
}

function enforcerFor(dir: string, settings: object = {}, env: Readonly<Record<string, string>> = {}) {
  const fw = join(dir, "fw")
  const config = execConfig.parse({
    kind: "exec",
    block: [fw, "add", "{{direction}}", "{{target}}", "until={{expiresAt}}"],
    unblock: [fw, "del", "{{direction}}", "{{target}}"],
    list: [fw, "list"],
    directions: ["inbound", "outbound"],
    env: { ENTRIES: join(dir, "entries") },
    maxEntries: 100_000,
    ...settings,
  })
  const secrets = createSecrets({ env, readFile: () => "" })
  const book = createBook({ file: join(dir, "book", "exec.jsonl"), onError: () => undefined })
  return createExecEnforcer({ clock, secrets, book }, config)
}

function firewallIn(dir: string): void {
  program(dir, firewall)
  mkdirSync(join(dir, "entries"))
  writeFileSync(join(dir, "entries", "inbound 192.0.2.99_32"), "another's")
}

const block = (target: string, expiresAt: number | null = null): Block => ({
  target: prefix(target),
  direction: "inbound",
  expiresAt,
})

describe("the exec enforcer", () => {
  itKeepsTheContract(async () => {
    const dir = folder()
    firewallIn(dir)
    const enforcer = enforcerFor(dir)
    return {
      enforcer,
      again: () => enforcerFor(dir),
      directions: ["inbound", "outbound"],
      many: 300,
      now: clock.now,
      // As the reconciler does at the end of a block.
      pass: async (ms) => {
        clock.advance(ms)
        const over = (await enforcer.observe(signal)).filter(
          ({ expiresAt }) => expiresAt !== null && expiresAt <= clock.now(),
        )
        await enforcer.apply(
          over.map((one) => ({ kind: "remove", block: one })),
          signal,
        )
      },
      foreign: async () => readFileSync(join(dir, "entries", "inbound 192.0.2.99_32"), "utf8"),
      holds: async (address, direction) =>
        readdirSync(join(dir, "entries")).some((name) => {
          const [way, target] = name.replace("_", "/").split(" ")
          // The cast holds: the enforcer was given prefixes.
          return way === direction && overlaps(target as Cidr, prefix(address))
        }),
      close: async () => undefined,
    }
  })

  /** What the first call of a program of this text was told to do, and what was said of it. */
  const told = async (text: string, settings: object = {}, env: Readonly<Record<string, string>> = {}) => {
    const dir = folder()
    program(dir, text)
    const enforcer = enforcerFor(dir, { list: null, ...settings }, env)
    const [result] = await enforcer.apply([{ kind: "add", block: block("203.0.113.7", start + 60_000) }], signal)
    return { dir, result, enforcer }
  }

  const witness = '#!/bin/sh\nfor a in "$@"; do echo "[$a]"; done > "$0.args"\nenv > "$0.env"; pwd > "$0.pwd"\n'

  it("gives each argument as it is, to no shell, with no environment but its own", async () => {
    const dir = folder()
    program(dir, witness)
    const odd = ["$(touch /tmp/x)", "; rm -rf /", "a b", "*", "{{address}}", "ttl={{ ttlSeconds }}", "`id`"]
    const enforcer = enforcerFor(dir, { list: null, block: [join(dir, "fw"), ...odd] })
    const [result] = await enforcer.apply([{ kind: "add", block: block("203.0.113.7", clock.now() + 60_000) }], signal)
    expect(result).toEqual({ kind: "applied" })
    expect(readFileSync(join(dir, "fw.args"), "utf8")).toBe(
      "[$(touch /tmp/x)]\n[; rm -rf /]\n[a b]\n[*]\n[203.0.113.7]\n[ttl=60]\n[`id`]\n",
    )
    const names = readFileSync(join(dir, "fw.env"), "utf8")
      .split("\n")
      .map((line) => line.replace(/=.*/, ""))
    const ofTheShell = ["", "_", "PWD", "SHLVL", "OLDPWD"]
    expect(names.filter((name) => !ofTheShell.includes(name)).sort()).toEqual(["ENTRIES", "LANG", "PATH"])
    expect(readFileSync(join(dir, "fw.pwd"), "utf8")).toBe("/\n")
  })

  it("says why it failed, without a secret, bounded and with nothing that steers a terminal", async () => {
    const secret = "token-of-the-firewall"
    const { result, enforcer } = await told(
      '#!/bin/sh\nprintf "no \\033[2J %s " "$TOKEN" >&2; head -c 100000 /dev/zero | tr "\\0" x >&2; exit 3\n',
      { env: { TOKEN: { env: "FW_TOKEN" } } },
      { FW_TOKEN: secret },
    )
    expect(result).toMatchObject({
      kind: "failed",
      reason: expect.stringMatching(/fw: it ended with 3: no \\x1b\[2J \*\*\* xxx/),
    })
    expect(JSON.stringify(result).length).toBeLessThan(600)
    // It may have done something: it is told again, or undone.
    expect(await enforcer.observe(signal)).toMatchObject([{ expiresAt: 0 }])
  })

  it("ends what takes too long, with all that it started, and what prints too much", async () => {
    const slow = await told('#!/bin/sh\nsleep 300 & echo $! > "$0.pid"; wait\n', { timeout: "1s" })
    expect(slow.result).toMatchObject({ kind: "failed", reason: expect.stringContaining("it ran for more than 1 s") })
    const pid = Number(readFileSync(join(slow.dir, "fw.pid"), "utf8"))
    // A process that was killed may stand there until somebody has asked how it ended.
    const isAlive = () =>
      existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
    for (let tries = 0; tries < 200 && isAlive(); tries++) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(isAlive()).toBe(false)
    const loud = await told("#!/bin/sh\nexec cat /dev/zero\n")
    expect(loud.result).toMatchObject({ kind: "failed", reason: expect.stringContaining("more than 65536 bytes") })
  })

  it("does not wait for what a program leaves running in the background", async () => {
    const { result, dir } = await told('#!/bin/sh\nsleep 300 & echo $! > "$0.pid"\n')
    expect(result).toEqual({ kind: "applied" })
    process.kill(Number(readFileSync(join(dir, "fw.pid"), "utf8")), "SIGKILL")
  })

  it("is sure that nothing was done by a program that could not be started", async () => {
    const dir = folder()
    const { result, enforcer } = await told("", { block: [join(dir, "none"), "{{target}}"] })
    expect(result).toMatchObject({ kind: "failed", reason: expect.stringContaining("ENOENT") })
    expect(await enforcer.observe(signal)).toEqual([])
  })

  it("is not observed when its list fails", async () => {
    const dir = folder()
    program(dir, "#!/bin/sh\necho 203.0.113.7; echo the firewall is away >&2; exit 1\n")
    await expect(enforcerFor(dir).observe(signal)).rejects.toThrow(
      /could not list: it ended with 1: the firewall is away/,
    )
  })

  it("takes no program by a name alone, or by a field", () => {
    for (const bad of [["fw", "{{target}}"], ["/bin/{{target}}"], ["/bin/fw", "{{what}}"], []])
      expect(execConfig.safeParse({ kind: "exec", block: bad, unblock: ["/bin/true"] }).success).toBe(false)
    expect(execConfig.safeParse({ kind: "exec", block: ["/bin/true"], unblock: ["/bin/true"] }).success).toBe(true)
  })
})
