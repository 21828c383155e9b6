import { execFileSync, spawn } from "node:child_process"
import { randomBytes, randomInt } from "node:crypto"
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

/** A Podman of a test's own: its storage, its API service and its containers, all gone with `close`. */
export interface Podman {
  readonly socket: string
  readonly dir: string
  podman(...args: readonly string[]): string
  /** Runs a container of the test's image and gives its id. */
  run(name: string, options?: RunOptions): string
  inspect(name: string): Inspected
  /** Makes a bridge network with addresses `10.x.y.0/24` of its own. */
  network(): { readonly name: string; readonly address: (host: number) => string; remake(): void }
  /** Asks again until it is so; ten seconds at most. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>
  close(): Promise<void>
}

export interface RunOptions {
  readonly command?: string
  readonly options?: readonly string[]
  readonly network?: string
}

export interface Inspected {
  readonly Id: string
  readonly State: { readonly Status: string; readonly StartedAt: string }
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<
        string,
        { readonly IPAddress: string; readonly Aliases: readonly string[] | null; readonly MacAddress: string }
      >
    > | null
  }
}

const image = "localhost/thwart-test:latest"
const busybox = "/usr/bin/busybox"
// Raising limits is not allowed everywhere that tests run.
const limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
const idle = "trap exit TERM; while true; do sleep 0.1; done"

export async function startPodman(): Promise<Podman> {
  const dir = mkdtempSync(join(tmpdir(), "thwart-podman-"))
  const socket = join(dir, "api.sock")
  const own = [
    ...["--root", join(dir, "storage"), "--runroot", join(dir, "run"), "--tmpdir", join(dir, "tmp")],
    ...["--runtime", "runc", "--cgroup-manager", "cgroupfs", "--network-config-dir", join(dir, "networks")],
  ]
  const podman = (...args: readonly string[]) =>
    execFileSync("podman", [...own, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 })
  const networks: string[] = []
  makeImage(dir, podman)
  const service = spawn("podman", [...own, "system", "service", "--time", "0", `unix://${socket}`], { stdio: "ignore" })
  const ended = new Promise<void>((resolve) => service.once("exit", () => resolve()))
  await until(() => existsSync(socket))
  return {
    socket,
    dir,
    podman,
    until,
    run: (name, { command = idle, options = [], network = "none" } = {}) =>
      podman(
        "run",
        "-d",
        "--name",
        name,
        ...limits,
        "--network",
        network,
        ...options,
        image,
        "sh",
        "-c",
        command,
      ).trim(),
    // The cast holds: this is what podman says in Docker's form.
    inspect: (name) => (JSON.parse(podman("inspect", "--type", "container", name)) as [Inspected])[0],
    network: () => {
      const name = `thwart-${randomBytes(4).toString("hex")}`
      const net = `10.${randomInt(64, 200)}.${randomInt(1, 255)}`
      const remake = () => podman("network", "create", "--disable-dns", "--subnet", `${net}.0/24`, name)
      remake()
      networks.push(name)
      return { name, remake, address: (host) => `${net}.${host}` }
    },
    close: async () => {
      podman("rm", "--all", "--force", "--time", "0")
      // Removes their bridges, too.
      if (networks.length > 0) podman("network", "rm", "--force", ...networks)
      service.kill("SIGTERM")
      await ended
      podman("umount", "--all")
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function makeImage(dir: string, podman: Podman["podman"]): void {
  const root = join(dir, "image")
  for (const folder of ["bin", "tmp", "etc", "proc", "sys", "dev"]) mkdirSync(join(root, folder), { recursive: true })
  copyFileSync(busybox, join(root, "bin", "busybox"))
  for (const name of ["sh", "sleep", "cat", "touch", "echo"]) symlinkSync("busybox", join(root, "bin", name))
  const tar = join(dir, "image.tar")
  execFileSync("tar", ["-C", root, "-cf", tar, "."])
  podman("import", tar, image)
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; !(await isSo()); await sleep(50))
    if (Date.now() > end) throw new Error(`it was not so within 10 seconds: ${isSo}`)
}
