import { type ChildProcess, execFile, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type FakeAws, startFakeAws } from "../support/fake-aws/index.ts"

const root = join(import.meta.dirname, "..", "..")
const region = "eu-central-1"
const run = promisify(execFile)

describe("a block by hand, with thwart.yaml naming web ACLs and a network ACL", () => {
  let aws: FakeAws
  let dir: string
  let env: NodeJS.ProcessEnv
  let server: ChildProcess
  let arns: { readonly shop: string; readonly edge: string; readonly acl: string }

  const thwart = async (...args: readonly string[]) =>
    (await run(join(root, "thwart"), ["--data", dir, ...args], { env, timeout: 30_000 })).stdout
  const start = async () => {
    const argv = ["serve", "--json", "--data", dir, "--port", "0", "--config", join(dir, "thwart.yaml")]
    server = spawn(join(root, "thwart"), argv, { env, stdio: ["ignore", "pipe", "pipe"] })
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
  /** Who holds this address back. */
  const holders = (address: string) => [
    ...(["shop", "edge"] as const).filter((name) => aws.waf.verdict(arns[name], { source: address }) === "Block"),
    ...([false, true] as const).flatMap((egress) =>
      aws.ec2.verdict(arns.acl, egress, address) === "deny" ? [egress ? "acl out" : "acl in"] : [],
    ),
  ]
  const until = async (isSo: () => boolean | Promise<boolean>) => {
    for (const end = Date.now() + 20_000; !(await isSo()); await sleep(100))
      if (Date.now() > end)
        throw new Error(`it was not so within 20 seconds: ${isSo}\n${await thwart("list", "--all")}`)
  }

  beforeAll(async () => {
    aws = await startFakeAws({ writeRate: { perSecond: 1, burst: 1 }, readRate: { perSecond: 5, burst: 5 } })
    dir = mkdtempSync(join(tmpdir(), "thwart-aws-"))
    env = { ...process.env, ...aws.env }
    arns = {
      shop: aws.waf.addWebAcl({ region, scope: "REGIONAL", name: "shop", body: { InventedConfig: { Depth: 3 } } }),
      edge: aws.waf.addWebAcl({ region: "us-east-1", scope: "CLOUDFRONT", name: "edge" }),
      acl: aws.ec2.addNetworkAcl(region),
    }
    const enforcers = [
      { kind: "aws-waf", webAcls: [arns.shop, arns.edge] },
      { kind: "aws-nacl", networkAcls: [arns.acl] },
    ]
    writeFileSync(join(dir, "thwart.yaml"), JSON.stringify({ enforcers, driftCheckMs: 500 }))
    // No more than what the command line says is needed.
    const named = ["--web-acl", arns.shop, arns.edge, "--network-acl", arns.acl]
    aws.setPolicy(JSON.parse(await thwart("aws", "iam-policy", ...named)))
    await start()
  })
  afterAll(async () => {
    await kill()
    await aws[Symbol.asyncDispose]()
    rmSync(dir, { recursive: true, force: true })
  })

  it("is checked, made, proved, outlives the server, and is gone at its end", async () => {
    expect((await thwart("aws", "check", "--config", join(dir, "thwart.yaml"))).match(/ok {7}/g)).toHaveLength(10)
    await thwart("block", "203.0.113.7")
    // It ends with an error, since web ACLs see only what comes in.
    await expect(thwart("block", "2001:db8::/48", "--direction", "outbound")).rejects.toMatchObject({
      stdout: expect.stringContaining("AWS WAF sees requests that come in only"),
    })
    await until(() => holders("203.0.113.7").length === 3)
    expect(holders("203.0.113.7")).toEqual(["shop", "edge", "acl in"])
    await until(() => holders("2001:db8::1").length === 1)
    expect(holders("2001:db8::1")).toEqual(["acl out"])
    const states = [/aws-waf:eu-central-1\/shop: (\S+)/, /aws-waf:cloudfront\/edge: (\S+)/, /acl-\w+: (\S+)/]
    const told = async (target: string) => {
      const row = (await thwart("list", "--all")).split("\n").find((line) => line.includes(target)) ?? ""
      return states.map((state) => state.exec(row)?.[1]?.replace(/\W+$/, ""))
    }
    await until(async () => String(await told("203.0.113.7")) === "applied,applied,applied")
    await until(async () => String(await told("2001:db8::/48")) === "not-enforced,not-enforced,applied")

    await kill()
    expect(holders("203.0.113.7")).toEqual(["shop", "edge", "acl in"])
    aws.forgetCalls()
    await start()
    // A start that finds all as it is wanted writes nothing.
    await until(() => aws.calls.filter(({ action }) => action === "GetIPSet").length >= 4)
    expect(aws.changes()).toEqual([])
    await thwart("block", "203.0.113.9", "--for", "8s")
    await until(() => holders("203.0.113.9").length === 3)
    await until(() => holders("203.0.113.9").length === 0)
    await until(async () => /203\.0\.113\.9 +ended: expired/.test(await thwart("list", "--all")))
    expect(holders("203.0.113.7")).toEqual(["shop", "edge", "acl in"])
    expect(holders("2001:db8::1")).toEqual(["acl out"])
    expect(aws.waf.webAcl(arns.shop)).toMatchObject({ InventedConfig: { Depth: 3 } })
    expect(aws.calls.filter(({ error }) => error !== null)).toEqual([])
  }, 90_000)
})
