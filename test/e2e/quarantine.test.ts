import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Podman, startPodman } from "../../src/enforcers/containers/testing/podman.ts"
import { alertOf } from "../support/alerts.ts"
import { has } from "../support/requirements.ts"

const root = join(import.meta.dirname, "..", "..")
const holdSeconds = 6

interface Countermeasure {
  readonly id: string
  readonly action: string
  readonly node: { readonly id: string }
  readonly endReason: string | null
  readonly reports: readonly { readonly enforcer: string; readonly state: string }[]
}

const policy = `
policies:
  - id: quarantine-shop
    name: Pause what calls home
    kind: quarantine
    on: { kind: alert, intents: [command-and-control] }
    severity: high
    count: 2
    window: 10m
    nodeKind: container
    action: pause
    for: ${holdSeconds}s
    mode: automatic
`

describe.runIf(has("the quarantine end-to-end test", "root", "podman"))("a container that calls home", () => {
  let podman: Podman
  let dir: string
  let server: ChildProcess

  const thwart = (...args: readonly string[]) =>
    execFileSync(join(root, "thwart"), ["--data", dir, ...args], { encoding: "utf8", timeout: 30_000 })
  const start = async () => {
    server = spawn(
      join(root, "thwart"),
      ["serve", "--json", "--data", dir, "--port", "0", "--config", join(dir, "thwart.yaml")],
      { stdio: ["ignore", "pipe", "pipe"] },
    )
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
  const call = async <T>(path: string, body?: unknown): Promise<T> => {
    const { url, token } = JSON.parse(readFileSync(join(dir, "server.json"), "utf8"))
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
    const answer = await fetch(`${url}/api/v1${path}`, {
      headers,
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    })
    expect(answer.status, path).toBeLessThan(300)
    // The cast holds: the API's own tests check what it answers.
    return (await answer.json()) as T
  }
  let n = 0
  const attack = (name: string, id: string) =>
    call("/alerts", {
      alerts: [1, 2].map(() =>
        alertOf(++n, "command-and-control", { at: Date.now(), node: { id, kind: "container", name } as never }),
      ),
    })
  const countermeasureOn = async (id: string) => {
    const { items } = await call<{ items: readonly Countermeasure[] }>("/countermeasures")
    return items.find((one) => one.action === "pause" && one.node.id === id)
  }
  const status = (name: string) => podman.inspect(name).State.Status

  beforeAll(async () => {
    podman = await startPodman()
    dir = mkdtempSync(join(tmpdir(), "thwart-quarantine-"))
    const config = {
      enforcers: [{ kind: "containers", socket: podman.socket }],
      driftCheckMs: 500,
      protectedNodes: ["db"],
    }
    writeFileSync(join(dir, "thwart.yaml"), JSON.stringify(config))
    writeFileSync(join(dir, "policy.yaml"), policy)
    await start()
  })
  afterAll(async () => {
    await kill()
    await podman.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it("is paused by a policy, with evidence and proof, and goes on at the end; a protected one is left alone", async () => {
    const id = podman.run("shop", { options: ["--env", "DB_PASSWORD=hunter2"] }).slice(0, 12)
    const db = podman.run("db").slice(0, 12)
    expect(thwart("policy", "set", join(dir, "policy.yaml"))).toBe(
      `quarantine-shop (automatic): 2 High alerts with intent Command and Control in 10 minutes → pause the container for ${holdSeconds} seconds\n`,
    )
    await attack("shop", id)
    await attack("db", db)
    await podman.until(() => status("shop") === "paused")
    await podman.until(async () => (await countermeasureOn(id))?.reports[0]?.state === "applied")
    expect(status("db")).toBe("running")
    const made = await countermeasureOn(id)
    expect(made).toMatchObject({ reports: [{ enforcer: "containers", state: "applied" }], endReason: null })
    expect(thwart("list")).toMatch(/pause\s+container shop\s+containers: applied/)
    const evidence = thwart("evidence", String(made?.id))
    expect(JSON.parse(evidence)).toMatchObject({
      container: { name: "shop" },
      inspection: { State: { Status: "running" } },
    })
    expect(evidence).not.toContain("hunter2")
    expect(thwart("explain", String(made?.id))).toContain("pause of container shop")

    await podman.until(() => status("shop") === "running")
    await podman.until(async () => (await countermeasureOn(id))?.reports[0]?.state === "expired")
    await podman.until(async () => (await countermeasureOn(id))?.endReason === "expired")
    expect(await countermeasureOn(db)).toBeUndefined()
  })

  it("is let go at its end by the next run, when the first was killed meanwhile", async () => {
    const id = podman.run("cart").slice(0, 12)
    await attack("cart", id)
    await podman.until(() => status("cart") === "paused")
    await kill()
    await new Promise((resolve) => setTimeout(resolve, holdSeconds * 1000))
    expect(status("cart")).toBe("paused")
    await start()
    await podman.until(() => status("cart") === "running")
    await podman.until(async () => (await countermeasureOn(id))?.reports[0]?.state === "expired")
  })
})
