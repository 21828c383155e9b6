import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import type { DoctorCheck } from "../cli/index.ts"
import { messageOf } from "../core/index.ts"
import { probeContainers, usualSockets } from "../enforcers/index.ts"

/** How the checks look at the machine; given in, so that tests can play another one. */
export interface Machine {
  readonly platform: string
  readonly nodeVersion: string
  readonly isRoot: boolean
  /** The first line that the command prints, or undefined when it can't be run or fails. */
  probe(command: string, args: readonly string[]): string | undefined
  exists(path: string): boolean
  /** What answers as a container engine at a socket; rejects with a diagnosis. */
  engineAt(socket: string): Promise<string>
  readonly env: Readonly<Record<string, string | undefined>>
  read(path: string): string | undefined
}

export const thisMachine: Machine = {
  platform: process.platform,
  nodeVersion: process.version,
  isRoot: process.getuid?.() === 0,
  probe: (command, args) => {
    const { status, stdout, stderr } = spawnSync(command, [...args], {
      encoding: "utf8",
      timeout: 5000,
      maxBuffer: 1e6,
    })
    return status === 0 ? `${stdout}${stderr}`.trim().split("\n")[0] : undefined
  },
  exists: existsSync,
  engineAt: async (socket) => {
    const { server, version } = await probeContainers(socket, AbortSignal.timeout(5000))
    return `${server}, API ${version}`
  },
  env: process.env,
  read: (path) => {
    try {
      return readFileSync(path, "utf8")
    } catch {
      return undefined // Not there is an answer too.
    }
  },
}

/** What this machine can do, and what to install for the rest. */
export async function examine(machine: Machine): Promise<readonly DoctorCheck[]> {
  return [
    node(machine),
    privileges(machine),
    nftables(machine),
    tcpdump(machine),
    bpftrace(machine),
    await containers(machine),
    aws(machine),
  ]
}

function node({ nodeVersion }: Machine): DoctorCheck {
  const recent = Number(/^v(\d+)/.exec(nodeVersion)?.[1]) >= 24
  return {
    name: "node",
    state: recent ? "ok" : "missing",
    found: nodeVersion,
    matters: "runs Thwart; 24 has SQLite and the linear-time regex fallback",
    fix: recent ? null : "run it as ./thwart, which brings its own Node 24",
  }
}

function privileges({ isRoot, platform, read }: Machine): DoctorCheck {
  // CapEff bit 12 is CAP_NET_ADMIN, bit 13 CAP_NET_RAW (capabilities(7)).
  const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(read("/proc/self/status") ?? "")?.[1] ?? "0"}`)
  const able = platform === "linux" && ((capabilities >> 12n) & 3n) === 3n
  return {
    name: "privileges",
    state: able ? "ok" : "limited",
    found: able
      ? "CAP_NET_ADMIN and CAP_NET_RAW"
      : isRoot
        ? "root, but without network capabilities"
        : "an ordinary user",
    matters: "live capture and kernel blocks; replay, the demo and the HTTP guard need none",
    fix: able
      ? null
      : platform === "linux"
        ? "run thwart serve as root (sudo)"
        : "live capture and kernel blocks are for Linux",
  }
}

function nftables({ probe, platform }: Machine): DoctorCheck {
  const version = probe("nft", ["--version"])
  const listed = version === undefined ? undefined : probe("nft", ["-j", "list", "tables"])
  if (version === undefined)
    return absent(
      "nft",
      "blocks in the kernel (--enforcer nftables)",
      platform === "linux" ? "apt-get install nftables" : "nftables is for Linux",
    )
  if (listed === undefined)
    return {
      name: "nft",
      state: "limited",
      found: `${version}, not permitted to use it`,
      matters: "blocks in the kernel",
      fix: "run as root",
    }
  return { name: "nft", state: "ok", found: version, matters: "blocks in the kernel (--enforcer nftables)", fix: null }
}

function tcpdump({ probe, platform }: Machine): DoctorCheck {
  const version = probe("tcpdump", ["--version"])
  if (version === undefined)
    return absent(
      "tcpdump",
      "reads live traffic (--capture)",
      platform === "linux" ? "apt-get install tcpdump" : "install tcpdump",
    )
  return { name: "tcpdump", state: "ok", found: version, matters: "reads live traffic (--capture)", fix: null }
}

function bpftrace({ probe, exists, platform }: Machine): DoctorCheck {
  const matters = "will read kernel events and TLS plaintext; nothing uses it yet"
  const version = probe("bpftrace", ["--version"])
  if (version === undefined)
    return absent("bpftrace", matters, platform === "linux" ? "apt-get install bpftrace" : "bpftrace is for Linux")
  const traced = exists("/sys/kernel/tracing/events")
  return {
    name: "bpftrace",
    state: traced ? "ok" : "limited",
    found: traced ? version : `${version}, but tracefs is not mounted`,
    matters,
    fix: traced ? null : "mount -t tracefs tracefs /sys/kernel/tracing",
  }
}

async function containers({ probe, exists, engineAt, env }: Machine): Promise<DoctorCheck> {
  const matters = "restarts, pauses, stops, removes or isolates infected containers (--enforcer containers)"
  const socket = usualSockets(env).find(exists)
  if (socket !== undefined) {
    const check = { name: "containers", matters }
    try {
      return { ...check, state: "ok", found: `${socket}: ${await engineAt(socket)}`, fix: null }
    } catch (error) {
      return {
        ...check,
        state: "limited",
        found: messageOf(error),
        fix: `start the engine behind ${socket}, or run as root`,
      }
    }
  }
  const tools = ["podman", "docker"].filter((tool) => probe(tool, ["--version"]) !== undefined)
  if (tools.length > 0)
    return {
      name: "containers",
      state: "limited",
      found: `${tools.join(", ")}, without a socket`,
      matters,
      fix: "podman system service --time=0 unix:///run/podman/podman.sock, or start Docker",
    }
  return absent("containers", matters, "apt-get install podman")
}

/** Where AWS's own tools look; that they work is for "thwart aws check" to say. */
function aws({ env, exists }: Machine): DoctorCheck {
  const names = [
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  ]
  const relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
  const files = [
    env.AWS_SHARED_CREDENTIALS_FILE ?? `${env.HOME ?? ""}/.aws/credentials`,
    env.AWS_CONFIG_FILE ?? `${env.HOME ?? ""}/.aws/config`,
  ]
  const found = [...names, relative].find((name) => env[name]) ?? files.find(exists)
  const matters = "blocks at AWS WAF and in network ACLs (docs/reference/aws.md)"
  return found === undefined
    ? {
        name: "aws",
        state: "missing",
        found: "no credentials in the environment or in ~/.aws",
        matters,
        fix: "set AWS_PROFILE, or give this machine a role and try it: thwart aws check --config thwart.yaml",
      }
    : { name: "aws", state: "ok", found: `credentials by ${found}`, matters, fix: null }
}

function absent(name: string, matters: string, fix: string): DoctorCheck {
  return { name, state: "missing", found: "not found", matters, fix }
}
