import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { motoPath } from "./moto.ts"

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Where the third-party rule sets and captures stand that tests read (`THWART_TEST_DATA`). */
export const testData = process.env.THWART_TEST_DATA ?? join(root, "..", "shared", "data")

const checks = {
  root: () => process.getuid?.() === 0,
  nft: () => runs("nft", "--version"),
  ip: () => runs("ip", "-V"),
  tcpdump: () => runs("tcpdump", "--version"),
  tar: () => spawnSync("tar", ["--version"], { encoding: "utf8" }).stdout?.includes("GNU tar") === true,
  curl: () => runs("curl", "--version"),
  openssl: () => runs("openssl", "version"),
  chromium: () => existsSync(chromiumPath),
  postgres: () => process.env.THWART_TEST_POSTGRES !== undefined,
  podman: () => runs("podman", "--version") && runs("runc", "--version") && existsSync("/usr/bin/busybox"),
  cni: () => existsSync("/usr/lib/cni/bridge"),
  moto: () => runs(motoPath, "--help"),
  data: () => existsSync(testData),
} as const

const missing: Record<Requirement, string> = {
  root: "needs root",
  nft: "needs nft (apt-get install nftables)",
  ip: "needs ip (apt-get install iproute2)",
  tcpdump: "needs tcpdump (apt-get install tcpdump)",
  tar: "needs GNU tar (apt-get install tar)",
  curl: "needs curl (apt-get install curl)",
  openssl: "needs openssl (apt-get install openssl)",
  chromium: "needs Chromium (apt-get install chromium, or THWART_TEST_CHROMIUM=/path)",
  postgres: "needs PostgreSQL (set THWART_TEST_POSTGRES=postgres://user:password@host/database)",
  podman: "needs podman (apt-get install podman runc busybox-static)",
  cni: "needs bridge networks for podman (apt-get install containernetworking-plugins iptables)",
  moto: "needs moto (python3 -m venv V && V/bin/pip install 'moto[server]', then THWART_TEST_MOTO=V/bin/moto_server)",
  data: `needs the test data in ${testData} (or THWART_TEST_DATA=/path)`,
}

export type Requirement = keyof typeof checks

export const chromiumPath = process.env.THWART_TEST_CHROMIUM ?? "/usr/bin/chromium"

/**
 * True when everything named is on this machine. Otherwise says loudly what is skipped and why, and with `CI=true` throws,
 * so that a continuous-integration run can't pass by skipping. Use as `describe.runIf(has("the nftables contract", "root", "nft"))`.
 */
export function has(what: string, ...requirements: readonly Requirement[]): boolean {
  const absent = requirements.filter((requirement) => !checks[requirement]())
  if (absent.length === 0) return true
  const why = absent.map((requirement) => missing[requirement]).join(", ")
  if (process.env.CI === "true") throw new Error(`CI must not skip ${what}: ${why}`)
  process.stderr.write(`\n  SKIPPED: ${what}: ${why}\n`)
  return false
}

function runs(command: string, argument: string): boolean {
  return spawnSync(command, [argument], { stdio: "ignore" }).status === 0
}
