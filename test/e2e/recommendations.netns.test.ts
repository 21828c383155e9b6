import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { alertOf } from "../support/alerts.ts"
import { has } from "../support/requirements.ts"
import { createLab, type Lab } from "./support/netns.ts"

const root = join(import.meta.dirname, "..", "..")

const policy = `
id: ask
name: Ask first
on: { kind: alert, intents: [exploitation] }
severity: high
window: 10m
for: 1h
`

describe.runIf(has("recommendations in a network namespace", "root", "nft", "ip"))("what a policy proposes", () => {
  let lab: Lab
  let dir: string
  let server: ChildProcess

  const thwart = (...args: readonly string[]) =>
    execFileSync(join(root, "thwart"), ["--data", dir, ...args], { encoding: "utf8", timeout: 30_000 })
  const start = async () => {
    const args = ["serve", "--json", "--data", dir, "--port", "0", "--enforcer", "nftables"]
    server = spawn(join(root, "thwart"), [...args, "--config", join(dir, "thwart.yaml")], {
      stdio: ["ignore", "pipe", "pipe"],
    })
    await new Promise<void>((resolve, reject) => {
      let said = ""
      server.stdout?.once("data", () => resolve())
      server.stderr?.on("data", (text) => {
        said += text
      })
      server.once("exit", (code) => reject(new Error(`thwart serve ended with ${code}: ${said}`)))
    })
  }
  const kill = async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve))
    server.kill("SIGKILL")
    await ended
  }
  let n = 0
  const seen = async (...attackers: readonly string[]) => {
    const { url, token } = JSON.parse(readFileSync(join(dir, "server.json"), "utf8"))
    const alerts = attackers.map((attacker) => alertOf(++n, "exploitation", { at: Date.now(), attacker }))
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
    const answer = await fetch(`${url}/api/v1/alerts`, { method: "POST", headers, body: JSON.stringify({ alerts }) })
    expect(answer.status).toBeLessThan(300)
  }
  const gets = (client: string) => {
    try {
      lab.run(client, "ping", "-c", "1", "-W", "1", lab.hostAddress(client))
      return true
    } catch {
      return false
    }
  }
  /** Enforcement follows a decision by itself; this fails when it does not come. */
  const until = async (isSo: () => boolean) => {
    for (const end = Date.now() + 10_000; !isSo(); await sleep(100)) expect(Date.now()).toBeLessThan(end)
  }

  beforeAll(async () => {
    lab = createLab("rec", ["mallory", "friend", "scanner"])
    dir = mkdtempSync(join(tmpdir(), "thwart-recommend-"))
    writeFileSync(join(dir, "thwart.yaml"), JSON.stringify({ netns: lab.host, driftCheckMs: 500 }))
    writeFileSync(join(dir, "policy.yaml"), policy)
    await start()
  })
  afterAll(async () => {
    await kill()
    lab.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it("waits until a person accepts it, also across SIGKILL, and then is in force in the kernel and nothing else is", async () => {
    const [mallory, friend, scanner] = [lab.addressOf("mallory"), lab.addressOf("friend"), lab.addressOf("scanner")]
    expect(thwart("policy", "set", join(dir, "policy.yaml"))).toBe(
      "ask (interactive): 1 High alert with intent Exploitation in 10 minutes → block the address for 1 hour\n",
    )
    await seen(mallory, friend, scanner)
    await kill()
    await start()
    expect([gets("mallory"), gets("friend")]).toEqual([true, true])
    const { items } = JSON.parse(thwart("recommendations", "show", "ask", "--json"))
    const idOf = (address: string) => items.find(({ source }: { source: string }) => source === address).id
    thwart("allow", friend, "--comment", "a friend")
    expect(thwart("recommendations", "accept", "ask", "--pending", idOf(mallory), "--for", "5m")).toMatch(
      /accepted +cm_/,
    )
    await until(() => !gets("mallory"))
    expect([gets("friend"), gets("scanner")]).toEqual([true, true])
    thwart("recommendations", "ignore", "ask", "--once", "--reason", "our scanner")
    expect(thwart("recommendations")).toBe("Nothing is proposed.\n")
  })

  it("is forgiven by its undo as a false positive: the same evidence proposes nothing more", async () => {
    thwart("unblock", lab.addressOf("mallory"), "--false-positive", "--comment", "a drill")
    await until(() => gets("mallory"))
    await kill()
    await start()
    n = 0
    // The same alerts once more, as a sensor that was cut off delivers them.
    await seen(lab.addressOf("mallory"), lab.addressOf("friend"), lab.addressOf("scanner"))
    expect(thwart("recommendations")).toBe("Nothing is proposed.\n")
    n = 10
    await seen(lab.addressOf("mallory"))
    expect(thwart("recommendations", "show", "ask")).toMatch(/1 pending/)
    expect(thwart("policy", "mode", "ask", "automatic", "--yes")).toMatch(/Automatic: it acts by itself/)
    await until(() => !gets("mallory"))
    expect([gets("friend"), gets("scanner")]).toEqual([true, true])
    const did = thwart("list", "audit")
    for (const action of ["recommendation accept", "recommendation dismiss", "undo as false positive", "policy mode"])
      expect(did).toContain(action)
  })
})
