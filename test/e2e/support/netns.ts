import { type ChildProcess, execFileSync, spawn } from "node:child_process"

/** Namespaces that one test made itself: a protected host, and clients each with an address and a cable of its own. */
export interface Lab {
  readonly host: string
  /** The host's address as that client sees it. */
  hostAddress(client: string): string
  addressOf(client: string): string
  /** Runs a command in a namespace to its end. */
  run(place: string, command: string, ...args: readonly string[]): string
  start(place: string, command: string, ...args: readonly string[]): ChildProcess
  close(): void
}

/** `ip netns` with one veth pair a client, 10.66.N.0/24 each: N.1 is the host, N.2 the client. */
export function createLab(name: string, clients: readonly string[]): Lab {
  const tag = `${name}${process.pid}`
  const host = `${tag}-host`
  const spaceOf = (place: string) => (place === "host" ? host : `${tag}-${place}`)
  const ip = (...args: readonly string[]) => execFileSync("ip", args, { stdio: ["ignore", "pipe", "pipe"] })
  const started: ChildProcess[] = []
  const spaces: string[] = []

  const addSpace = (space: string) => {
    ip("netns", "add", space)
    spaces.push(space)
    ip("-n", space, "link", "set", "lo", "up")
  }
  const close = () => {
    for (const child of started) child.kill("SIGKILL")
    for (const space of spaces.splice(0)) ip("netns", "del", space)
  }

  try {
    addSpace(host)
    clients.forEach((client, index) => {
      const space = spaceOf(client)
      addSpace(space)
      ip("link", "add", `c${index}`, "netns", host, "type", "veth", "peer", "name", "eth0", "netns", space)
      ip("-n", host, "addr", "add", `10.66.${index + 1}.1/24`, "dev", `c${index}`)
      ip("-n", space, "addr", "add", `10.66.${index + 1}.2/24`, "dev", "eth0")
      ip("-n", host, "link", "set", `c${index}`, "up")
      ip("-n", space, "link", "set", "eth0", "up")
    })
  } catch (error) {
    close()
    throw error
  }

  return {
    host,
    hostAddress: (client) => `10.66.${clients.indexOf(client) + 1}.1`,
    addressOf: (client) => `10.66.${clients.indexOf(client) + 1}.2`,
    run: (place, command, ...args) =>
      execFileSync("ip", ["netns", "exec", spaceOf(place), command, ...args], {
        encoding: "utf8",
        timeout: 30_000,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    start: (place, command, ...args) => {
      const child = spawn("ip", ["netns", "exec", spaceOf(place), command, ...args], {
        stdio: ["ignore", "pipe", "pipe"],
      })
      started.push(child)
      return child
    },
    close,
  }
}
