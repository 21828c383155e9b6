import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { messageOf } from "../../core/index.ts"
import { createDockerApi } from "./docker-api.ts"
import { pingThen, type Reply, startFakeDocker } from "./testing/fake-docker.ts"

const signal = AbortSignal.timeout(60_000)
const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function fake(reply: Reply) {
  const made = await startFakeDocker(reply)
  closing.push(made.close)
  return made
}
function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "thwart-docker-"))
  closing.push(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
async function listen(socket: string, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  closing.push(() => void server.close())
  return socket
}
const complaint = async (socket: string, timeoutMs = 5000) =>
  createDockerApi({ socket, timeoutMs })
    .connect(signal)
    .then(() => "connected", messageOf)

describe("the connection test", () => {
  it("says that there is no socket, and how to get one", async () => {
    expect(await complaint("/run/nowhere/docker.sock")).toMatch(
      /there is no socket \/run\/nowhere\/docker\.sock; start Docker, or Podman's service \(podman system service/,
    )
  })

  it("says that nothing listens any longer", async () => {
    const file = join(folder(), "docker.sock")
    writeFileSync(file, "")
    expect(await complaint(file)).toMatch(/nothing listens at .*docker\.sock/)
  })

  it.runIf(process.getuid?.() !== undefined)("says that permission is missing", async () => {
    const socket = await listen(join(folder(), "docker.sock"), createServer())
    chmodSync(socket, 0o600)
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
    if (uid === 0) {
      process.setegid?.(65_534)
      process.seteuid?.(65_534)
    } else chmodSync(socket, 0)
    try {
      expect(await complaint(socket)).toMatch(
        /may not be opened; run Thwart as root or as a member of the socket's group/,
      )
    } finally {
      process.seteuid?.(uid)
      process.setegid?.(gid)
    }
  })

  it("says that an engine is too old", async () => {
    const { socket } = await fake(pingThen("1.39", (_, response) => response.end()))
    expect(await complaint(socket)).toMatch(/too old: it speaks 1\.39, and 1\.40 is needed/)
  })

  const strangers: readonly (readonly [string, Reply])[] = [
    ["another HTTP server", (_, response) => response.writeHead(404).end("<h1>nginx</h1>")],
    ["a server that says yes to everything", (_, response) => response.end("OK")],
  ]
  it.each(strangers)("tells a Docker API from %s", async (_, reply) => {
    expect(strangers).toHaveLength(2)
    const { socket } = await fake(reply)
    expect(await complaint(socket)).toMatch(/answers, but not as a Docker API/)
  })

  it("tells a Docker API from what does not speak HTTP", async () => {
    const server = createServer((peer) => peer.on("error", () => undefined).end("SSH-2.0-OpenSSH_9.2\r\n"))
    const socket = await listen(join(folder(), "docker.sock"), server)
    expect(await complaint(socket)).toMatch(/does not speak HTTP; it is no Docker API/)
  })

  it("refuses a version that is none", async () => {
    const { socket } = await fake(pingThen("latest", (_, response) => response.end()))
    expect(await complaint(socket)).toMatch(/announces the API version "latest"/)
  })

  it("does not wait for ever", async () => {
    const { socket } = await fake(() => undefined)
    expect(await complaint(socket, 100)).toMatch(/gave no answer in time to GET \/_ping/)
  })
})

describe("a call", () => {
  const versions: readonly (readonly [string, string])[] = [
    ["1.40", "1.40"],
    ["1.41", "1.41"],
    ["1.44", "1.44"],
    ["1.51", "1.44"],
  ]
  it.each(versions)("to an engine of %s speaks %s", async (theirs, spoken) => {
    expect(versions).toHaveLength(4)
    const { socket, asked } = await fake(pingThen(theirs, (_, response) => response.end("{}")))
    await createDockerApi({ socket }).call({ method: "GET", path: "/info", query: { "a b": "c&d" } }, signal)
    expect(asked).toEqual(["GET /_ping", `GET /v${spoken}/info?a+b=c%26d`])
  })

  it("that the engine refuses carries its status and reason", async () => {
    const { socket } = await fake(
      pingThen("1.44", (_, response) => response.writeHead(409).end('{"message":"container is\\npaused"}')),
    )
    const refused = createDockerApi({ socket }).call({ method: "POST", path: "/containers/a/pause" }, signal)
    await expect(refused).rejects.toMatchObject({
      status: 409,
      message: "POST /containers/a/pause: 409, container is paused",
    })
  })

  it("takes no more bytes than it may: a longer answer fails, or is cut where that is asked for", async () => {
    const { socket } = await fake(pingThen("1.44", (_, response) => response.end(Buffer.alloc(9 * 1024 * 1024, "x"))))
    const api = createDockerApi({ socket })
    await expect(api.call({ method: "GET", path: "/a" }, signal)).rejects.toThrow(/more than 8388608 bytes/)
    const answer = await api.call({ method: "GET", path: "/a", cutAtBytes: 1000 }, signal)
    expect([answer.body.length, answer.cut]).toEqual([1000, true])
  })
})
