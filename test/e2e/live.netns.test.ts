import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { has } from "../support/requirements.ts"
import { createLab, type Lab } from "./support/netns.ts"

const root = join(import.meta.dirname, "..", "..")
const blockMs = 12_000

interface Countermeasure {
  readonly target: string
  readonly endReason: string | null
  readonly reports: readonly { readonly enforcer: string; readonly state: string; readonly since: number }[]
}

describe.runIf(has("the live end-to-end test in network namespaces", "root", "nft", "ip", "tcpdump", "curl"))(
  "a host that Thwart protects",
  () => {
    let lab: Lab
    let dataDir: string
    let thwart: ReturnType<Lab["start"]>

    const get = (client: string, path: string, ...more: readonly string[]): string => {
      try {
        return lab.run(
          client,
          "curl",
          "-s",
          "-o",
          "/dev/null",
          "-m",
          "1",
          "-w",
          "%{http_code}",
          ...more,
          `http://${lab.hostAddress(client)}:8080${path}`,
        )
      } catch {
        return "refused or dropped"
      }
    }
    const startThwart = async () => {
      thwart = lab.start(
        "host",
        join(root, "thwart"),
        "serve",
        "--json",
        "--data",
        dataDir,
        "--capture",
        "any",
        "--enforcer",
        "nftables",
        "--config",
        join(import.meta.dirname, "support", "live.yaml"),
      )
      await new Promise<void>((resolve, reject) => {
        let said = ""
        thwart.stdout?.once("data", () => resolve())
        thwart.stderr?.on("data", (text) => {
          said += text
        })
        thwart.once("exit", (code) => reject(new Error(`thwart serve ended with ${code}: ${said}`)))
      })
    }
    const call = (method: string, path: string, body?: unknown): unknown => {
      const { url, token } = JSON.parse(readFileSync(join(dataDir, "server.json"), "utf8"))
      const data = body === undefined ? [] : ["-H", "content-type: application/json", "-d", JSON.stringify(body)]
      return JSON.parse(
        lab.run(
          "host",
          "curl",
          "-s",
          "-X",
          method,
          "-H",
          `authorization: Bearer ${token}`,
          ...data,
          `${url}/api/v1${path}`,
        ),
      )
    }
    const countermeasures = () => (call("GET", "/countermeasures") as { items: readonly Countermeasure[] }).items
    const blockOf = (client: string) =>
      countermeasures().find(({ target, endReason }) => target === `${lab.addressOf(client)}/32` && endReason === null)
    const isInKernel = (client: string) => lab.run("host", "nft", "list", "ruleset").includes(lab.addressOf(client))
    const until = async (isTrue: () => boolean, limitMs: number) => {
      for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50)) if (isTrue()) return true
      return isTrue()
    }
    /** Scan, injection, web shell; returns when the last request was sent. */
    const attack = (client: string): number => {
      get(client, "/admin", "-A", "Nikto/2.5.0")
      get(client, "/search?q=x%27%20UNION%20SELECT%20name%2C%20card%20FROM%20customers--%20")
      const sentAt = Date.now()
      get(
        client,
        "/upload",
        "-H",
        "content-type: application/octet-stream",
        "--data-binary",
        "<?php system($_GET['cmd']); ?>",
      )
      return sentAt
    }

    beforeAll(async () => {
      lab = createLab("live", ["attacker", "friend", "second"])
      dataDir = mkdtempSync(join(tmpdir(), "thwart-live-"))
      const web = lab.start("host", process.execPath, join(import.meta.dirname, "support", "web-server.ts"))
      await new Promise((resolve) => web.stdout?.once("data", resolve))
      await startThwart()
      const [policy] = (call("GET", "/policies") as { items: readonly Record<string, unknown>[] }).items
      const { sentence: _, ...rest } = policy ?? {}
      call("PUT", `/policies/${encodeURIComponent(String(rest.id))}`, { ...rest, blockMs })
      const { sensors } = call("GET", "/status") as { sensors: readonly { state: string }[] }
      expect(sensors).toHaveLength(1)
      expect(
        await until(
          () => (call("GET", "/status") as { sensors: readonly { state: string }[] }).sensors[0]?.state === "running",
          5000,
        ),
      ).toBe(true)
    })
    afterAll(() => {
      lab?.close()
      if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true })
    })

    it("drops the attacker in the kernel within two seconds of the malicious request, while others go on", async () => {
      expect(get("friend", "/")).toBe("200")
      const sentAt = attack("attacker")
      expect(await until(() => isInKernel("attacker"), 2000)).toBe(true)
      expect(Date.now() - sentAt).toBeLessThan(2500)
      expect(get("attacker", "/")).toBe("refused or dropped")
      expect(get("friend", "/")).toBe("200")
      expect(await until(() => blockOf("attacker")?.reports[0]?.state === "applied", 2000)).toBe(true)
      const [incident] = (
        call("GET", "/incidents") as { items: readonly { stages: readonly { intent: string }[]; status: string }[] }
      ).items
      expect(incident?.stages.map(({ intent }) => intent)).toEqual(["reconnaissance", "exploitation", "installation"])
      expect(incident?.status).toBe("contained")
    })

    it("leaves the block in force when it is killed, agrees with the kernel when it is back, and repairs a flushed table", async () => {
      thwart.removeAllListeners("exit")
      thwart.kill("SIGKILL")
      await new Promise((resolve) => thwart.once("exit", resolve))
      expect(isInKernel("attacker")).toBe(true)
      expect(get("attacker", "/")).toBe("refused or dropped")
      await startThwart()
      expect(await until(() => blockOf("attacker")?.reports[0]?.state === "applied", 2000)).toBe(true)
      expect(isInKernel("attacker")).toBe(true)
      lab.run("host", "nft", "flush", "table", "inet", "thwart")
      expect(await until(() => get("attacker", "/") !== "200", 3000)).toBe(true)
      lab.run("host", "nft", "delete", "table", "inet", "thwart")
      expect(
        await until(() => lab.run("host", "nft", "list", "tables").includes("thwart") && isInKernel("attacker"), 3000),
      ).toBe(true)
    })

    it("lets the block end by itself at its time", async () => {
      expect(await until(() => get("attacker", "/") === "200", blockMs + 3000)).toBe(true)
      expect(await until(() => countermeasures().some(({ endReason }) => endReason === "expired"), 3000)).toBe(true)
      expect(isInKernel("attacker")).toBe(false)
    })

    it("never blocks who is on the allowlist, and says so", async () => {
      call("POST", "/allowlist", { prefix: lab.addressOf("second"), comment: "our own scanner" })
      attack("second")
      const refused = () =>
        (call("GET", "/audit") as { items: readonly { action: string; subject: string }[] }).items.some(
          ({ action, subject }) => action === "block refused" && subject.includes(lab.addressOf("second")),
        )
      expect(await until(refused, 3000)).toBe(true)
      expect(get("second", "/")).toBe("200")
      expect(isInKernel("second")).toBe(false)
    })
  },
)
