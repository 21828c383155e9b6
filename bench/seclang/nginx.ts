import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type MixRequest, wireOf } from "./mix.ts"

const modulePath = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so"
const recommended = "/etc/nginx/modsecurity.conf"

export const hasNginx = existsSync(modulePath) && existsSync(recommended)

/** An nginx of one worker before a server that answers at once, with ModSecurity or without. */
export interface Nginx {
  /** Sends requests one after the other over one connection; gives the CPU seconds of the worker, and the answers' status codes. */
  measure(requests: readonly MixRequest[]): Promise<{ readonly seconds: number; readonly statuses: readonly number[] }>
  /** What its error log says. */
  log(): string
  stop(): Promise<void>
}

export async function startNginx(rules: readonly string[] | undefined): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "thwart-nginx-"))
  const [port, backend] = [await freePort(), await freePort()]
  writeFileSync(join(folder, "nginx.conf"), configOf(folder, { port, backend, guarded: rules !== undefined }))
  if (rules !== undefined) writeFileSync(join(folder, "rules.conf"), rulesConf(rules))
  const child = spawn("nginx", ["-c", join(folder, "nginx.conf"), "-p", folder, "-e", join(folder, "error.log")], {
    stdio: ["ignore", "ignore", "inherit"],
  })
  await answering(port, child)
  // The front's worker and the one of the server behind it are processes of their own only by their ports: the front has the CPU.
  const worker = workerOf(child.pid ?? 0)
  return {
    measure: async (requests) => {
      const before = cpuSeconds(worker)
      const statuses = await sendAll(port, requests)
      return { seconds: cpuSeconds(worker) - before, statuses }
    },
    log: () => readFileSync(join(folder, "error.log"), "utf8"),
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve))
      child.kill("SIGTERM")
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Ports {
  readonly port: number
  readonly backend: number
  readonly guarded: boolean
}

/** The answer comes from the same worker in both cases, so that it drops out of the difference. */
function configOf(folder: string, { port, backend, guarded }: Ports): string {
  const modsecurity = guarded ? `modsecurity on; modsecurity_rules_file ${join(folder, "rules.conf")};` : ""
  return `
${guarded ? `load_module ${modulePath};` : ""}
daemon off; worker_processes 1; pid ${join(folder, "pid")}; error_log ${join(folder, "error.log")} warn;
events { worker_connections 256; }
http {
  access_log off; keepalive_requests 1000000; client_body_buffer_size 1m; client_max_body_size 16m;
  client_body_temp_path ${join(folder, "body")}; proxy_temp_path ${join(folder, "proxy")};
  fastcgi_temp_path ${join(folder, "fastcgi")}; uwsgi_temp_path ${join(folder, "uwsgi")}; scgi_temp_path ${join(folder, "scgi")};
  upstream behind { server 127.0.0.1:${backend}; keepalive 4; }
  server { listen 127.0.0.1:${backend}; location / { default_type text/html; return 200 ok; } }
  server {
    listen 127.0.0.1:${port};
    ${modsecurity}
    location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`
}

function rulesConf(rules: readonly string[]): string {
  const includes = rules.map(
    (path) => `Include ${path.endsWith(".conf") || path.endsWith(".example") ? path : `${path}/*.conf`}`,
  )
  return [`Include ${recommended}`, "SecAuditEngine Off", ...includes].join("\n")
}

/** The worker is the child of the master that nginx starts as. */
function workerOf(master: number): number {
  const found = spawnSync("ps", ["--ppid", String(master), "-o", "pid="])
    .stdout.toString()
    .trim()
    .split("\n")
  return Number(found[0])
}

// Linux counts CPU time in hundredths of a second.
const ticks = 100

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ")
  return (Number(fields[11]) + Number(fields[12])) / ticks
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === "object" && address !== null ? address.port : 0
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`nginx ended with exit code ${child.exitCode}`)
    const socket = await open(port).catch(() => undefined)
    if (socket !== undefined) return void socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error("nginx does not answer")
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket))
    socket.once("error", reject)
  })
}

async function sendAll(port: number, requests: readonly MixRequest[]): Promise<readonly number[]> {
  const statuses: number[] = []
  let socket = await open(port)
  for (const request of requests) {
    const { status, closed } = await exchange(socket, wireOf(request))
    statuses.push(status)
    if (!closed) continue
    socket.destroy()
    socket = await open(port)
  }
  socket.destroy()
  return statuses
}

/** The answers are short and of a stated length, or end the connection. */
function exchange(socket: Socket, wire: Buffer): Promise<{ readonly status: number; readonly closed: boolean }> {
  return new Promise((resolve, reject) => {
    let text = ""
    const finish = (closed: boolean) => {
      socket.removeAllListeners()
      resolve({
        status: Number(/^HTTP\/1\.\d (\d+)/.exec(text)?.[1] ?? 0),
        closed: closed || /^connection: close/im.test(text),
      })
    }
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1")
      const head = text.indexOf("\r\n\r\n")
      const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0)
      if (head >= 0 && text.length >= head + 4 + length) finish(false)
    })
    socket.once("close", () => finish(true))
    socket.once("error", reject)
    socket.write(wire)
  })
}
