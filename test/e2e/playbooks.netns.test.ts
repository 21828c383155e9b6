import { type ChildProcess, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { has } from "../support/requirements.ts"
import { createLab, type Lab } from "./support/netns.ts"

const root = join(import.meta.dirname, "..", "..")
const command = join(root, "thwart")

const playbooks = `
- { id: injection, rule: 9500200, enforcer: nftables, for: 1h, mode: automatic }
- id: scanner
  mode: interactive
  on: { rule: 9500100 }
  steps:
    - { block: attacker, for: 5m }
`

interface Run {
  readonly id: string
  readonly playbook: string
  readonly state: string
  readonly attacker: string
  readonly steps: readonly { readonly outcome: string; readonly reason: string | null }[]
}

describe.runIf(has("the playbooks end-to-end test in network namespaces", "root", "nft", "ip", "tcpdump", "curl"))(
  "a host with playbooks",
  () => {
    let lab: Lab
    let dir: string
    let server: ChildProcess

    const get = (client: string, path: string, agent = "curl") => {
      try {
        const url = `http://${lab.hostAddress(client)}:8080${path}`
        return lab.run(client, "curl", "-s", "-o", "/dev/null", "-m", "1", "-A", agent, "-w", "%{http_code}", url)
      } catch {
        return "refused or dropped"
      }
    }
    const injection = (client: string) =>
      get(client, "/search?q=x%27%20UNION%20SELECT%20name%2C%20card%20FROM%20customers--%20")
    const thwart = (...args: readonly string[]) => lab.run("host", command, "--data", dir, ...args)
    const lines = <T>(...args: readonly string[]): readonly T[] =>
      thwart("--json", ...args)
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as T)
    const runs = (playbook: string) => lines<Run>("playbooks", "runs", playbook)
    const isInKernel = (client: string) => lab.run("host", "nft", "list", "ruleset").includes(lab.addressOf(client))
    const until = async (isTrue: () => boolean, limitMs: number) => {
      for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50)) if (isTrue()) return true
      return isTrue()
    }
    const config = (name: string, text: string) => {
      writeFileSync(join(dir, `${name}-playbooks.yaml`), text)
      const path = join(dir, `${name}.yaml`)
      writeFileSync(
        path,
        `driftCheckMs: 1000\ncapture: [any]\nenforcers: [nftables]\nplaybooks: [${join(dir, `${name}-playbooks.yaml`)}]\n`,
      )
      return path
    }
    const start = async () => {
      server = lab.start("host", command, "serve", "--json", "--data", dir, "--config", config("good", playbooks))
      await new Promise<void>((resolve, reject) => {
        let said = ""
        server.stdout?.once("data", () => resolve())
        server.stderr?.on("data", (text) => {
          said += text
        })
        server.once("exit", (code) => reject(new Error(`thwart serve ended with ${code}: ${said}`)))
      })
      const running = () =>
        lines<{ readonly sensors: readonly { readonly state: string }[] }>("status")[0]?.sensors[0]?.state === "running"
      expect(await until(running, 20_000)).toBe(true)
    }

    beforeAll(async () => {
      lab = createLab("play", ["attacker", "friend", "scanner", "other"])
      dir = mkdtempSync(join(tmpdir(), "thwart-playbooks-"))
      const web = lab.start("host", process.execPath, join(import.meta.dirname, "support", "web-server.ts"))
      await new Promise((resolve) => web.stdout?.once("data", resolve))
      await start()
    })
    afterAll(() => {
      lab?.close()
      if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
    })

    it("does not start with a playbook for what is not configured, and says where and why", () => {
      const text = "- { rule: thwart/ssh-bruteforce, network-acl: acl-0123456789abcdef0 }"
      const { status, stderr } = spawnSync(
        command,
        ["serve", "--data", join(dir, "bad"), "--config", config("bad", text)],
        {
          encoding: "utf8",
          timeout: 20_000,
        },
      )
      expect(status).toBe(2)
      expect(stderr).toContain(
        `bad-playbooks.yaml:1:47: error: 0.network-acl: the enforcer "aws-nacl:acl-0123456789abcdef0" is known, but not configured`,
      )
    })

    it("tells its playbooks as sentences, and in a dry run the commands that it would give the kernel", () => {
      expect(thwart("playbooks", "list")).toContain(
        "injection (automatic): When the rule 9500200 raises an alert of any severity → block the attacker for 1 hour with nftables\n",
      )
      const told = thwart("playbooks", "dry-run", "injection", "--sample")
      expect(told).toContain("nft add element inet thwart inbound4 { 203.0.113.66 timeout 3600s }")
      expect(told).toContain("would do      block the attacker for 1 hour with nftables: 203.0.113.66/32")
      expect([lines("playbooks", "runs"), lab.run("host", "nft", "list", "ruleset").includes("203.0.113.66")]).toEqual([
        [],
        false,
      ])
    })

    it("blocks who sets one off in the kernel, once, and tells why", async () => {
      expect(get("friend", "/")).toBe("200")
      injection("attacker")
      expect(await until(() => isInKernel("attacker"), 5000)).toBe(true)
      expect([get("attacker", "/"), get("friend", "/")]).toEqual(["refused or dropped", "200"])
      expect(runs("injection")).toMatchObject([{ state: "done", steps: [{ outcome: "done" }] }])
      const [alert] = lines<{ readonly id: string }>("list", "alerts")
      const again = thwart("playbooks", "dry-run", "injection", "--alert", alert?.id ?? "")
      expect(again).toContain("would prolong block the attacker for 1 hour with nftables")
      const story = thwart("explain", lab.addressOf("attacker"))
      expect(story).toContain("When the rule 9500200 raises an alert")
    })

    it("does not run twice after it was killed, and what it blocked stays blocked", async () => {
      const [before] = runs("injection")
      server.removeAllListeners("exit")
      server.kill("SIGKILL")
      await new Promise((resolve) => server.once("exit", resolve))
      expect([isInKernel("attacker"), get("attacker", "/")]).toEqual([true, "refused or dropped"])
      await start()
      expect(runs("injection")).toEqual([before])
      expect(isInKernel("attacker")).toBe(true)
    })

    it("proposes in interactive mode, and blocks when a person accepts, as long as it said", async () => {
      get("scanner", "/", "Nikto/2.5.0")
      expect(await until(() => runs("scanner").length > 0, 10_000)).toBe(true)
      const [run] = runs("scanner")
      expect(run).toMatchObject({ state: "proposed", attacker: lab.addressOf("scanner") })
      expect([isInKernel("scanner"), get("scanner", "/")]).toEqual([false, "200"])
      expect(lines("playbooks", "accept", run?.id ?? "")).toMatchObject([{ state: "done" }])
      expect(await until(() => isInKernel("scanner"), 5000)).toBe(true)
      expect(get("scanner", "/")).toBe("refused or dropped")
    })

    it("never blocks who is on the allowlist, and says so in the run", async () => {
      thwart("allow", lab.addressOf("other"), "--comment", "our own scanner")
      injection("other")
      const mine = () => runs("injection").filter(({ attacker }) => attacker === lab.addressOf("other"))
      expect(await until(() => mine().length > 0, 10_000)).toBe(true)
      expect(mine()[0]?.steps).toMatchObject([{ outcome: "refused", reason: expect.stringContaining("allowlist") }])
      expect([isInKernel("other"), get("other", "/")]).toEqual([false, "200"])
    })
  },
)
