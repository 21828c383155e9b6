import { execFileSync, spawn, spawnSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { z } from "zod"
import { has } from "../support/requirements.ts"

const root = join(import.meta.dirname, "..", "..")
const modules = join(root, "node_modules")
const manifest = z
  .object({ version: z.string(), dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")))
const packed = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })])

// What the application itself depends on: the frameworks that the guards are for.
const frameworks = ["express", "fastify", "hono", "@hono/node-server"]

const application = `
import { createServer } from "node:http"
import { getRequestListener } from "@hono/node-server"
import express from "express"
import Fastify from "fastify"
import { Hono } from "hono"
import { thwart as guardExpress } from "thwart/express"
import { thwart as guardFastify } from "thwart/fastify"
import { thwart as guardHono } from "thwart/hono"
import { thwart as guardHttp } from "thwart/http"

const options = { mode: "block" }
const fastify = Fastify()
await fastify.register(guardFastify, options)
fastify.get("/*", async () => "ok")
await fastify.ready()
const hono = new Hono()
hono.use(guardHono(options))
hono.get("/*", (context) => context.text("ok"))
const listeners = {
  http: guardHttp(options).wrap((_, response) => response.end("ok")),
  express: express().use(guardExpress(options), (_, response) => response.send("ok")),
  fastify: (request, response) => fastify.routing(request, response),
  hono: getRequestListener(hono.fetch),
}
const seen = {}
for (const [name, listener] of Object.entries(listeners)) {
  const server = createServer(listener)
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready))
  const ask = async (query) => (await fetch(\`http://127.0.0.1:\${server.address().port}/?\${query}\`)).status
  seen[name] = [await ask("q=shirt"), await ask("q=" + encodeURIComponent("1' UNION SELECT password FROM users-- "))]
}
console.log(JSON.stringify(seen))
process.exit(0)
`

const typed = `
import type { RequestListener } from "node:http"
import { thwart as guardExpress } from "thwart/express"
import { thwart as guardFastify } from "thwart/fastify"
import { thwart as guardHono } from "thwart/hono"
import { thwart as guardHttp } from "thwart/http"
import Fastify from "fastify"
import { Hono } from "hono"

const wrapped: RequestListener = guardHttp({ mode: "block", rules: ["crs"], paranoiaLevel: 2 }).wrap(() => undefined)
const app = Fastify()
await app.register(guardFastify, { mode: "block" })
new Hono().use(guardHono({ onAlert: (alert) => console.log(alert.attacker, alert.score.toFixed()) }))
// @ts-expect-error the modes are monitor and block
guardExpress({ mode: "nonsense" })
export { wrapped }
`

describe.runIf(has("the published package", "tar"))("the published package", () => {
  const home = mkdtempSync(join(tmpdir(), "thwart-package-"))
  const own = join(home, "node_modules", "thwart")
  let files: readonly string[] = []

  beforeAll(() => {
    execFileSync(process.execPath, [join(root, "scripts", "build.ts")], { stdio: "inherit" })
    // Without its own prepack script, which would install and build the console.
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", home]
    const [made] = packed.parse(JSON.parse(execFileSync("npm", pack, { cwd: root, encoding: "utf8" })))
    files = made.files.map(({ path }) => path)
    mkdirSync(own, { recursive: true })
    execFileSync("tar", ["-xzf", join(home, made.filename), "-C", own, "--strip-components=1"])
    // What it does not declare is not there for it.
    for (const name of new Set([...Object.keys(manifest.dependencies), ...frameworks])) {
      mkdirSync(dirname(join(home, "node_modules", name)), { recursive: true })
      symlinkSync(join(modules, name), join(home, "node_modules", name))
    }
    writeFileSync(join(home, "package.json"), '{ "type": "module" }')
  }, 180_000)
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  const withNode = (folder: string) => ({ PATH: `${folder}:/usr/bin:/bin`, HOME: home })
  const thwart = (words: readonly string[], nodeFolder = dirname(process.execPath)) =>
    spawnSync(join(own, "thwart"), words, { cwd: home, encoding: "utf8", env: withNode(nodeFolder) })

  it("holds what was built, its rules and its console, and no sources and tests", () => {
    for (const needed of ["thwart", "LICENSE", "NOTICE", "dist/app/main.js", "dist/app/guards/http.d.ts"])
      expect(files).toContain(needed)
    expect(files.filter((file) => /^rules\/.*\.conf$/.test(file)).length).toBeGreaterThan(5)
    expect(files.includes("console/dist/index.html")).toBe(existsSync(join(root, "console", "dist", "index.html")))
    expect(files.filter((file) => /^src\/|\.test\.|testing|(?<!\.d)\.ts$|\.env|\.db/.test(file))).toEqual([])
  })

  it("guards an application by each of its four guards", () => {
    writeFileSync(join(home, "application.js"), application)
    const out = execFileSync(process.execPath, ["application.js"], { cwd: home, encoding: "utf8" })
    const both = [200, 403]
    expect(JSON.parse(out)).toEqual({ http: both, express: both, fastify: both, hono: both })
  })

  it("has types that an application compiles with", () => {
    writeFileSync(join(home, "typed.ts"), typed)
    const types = join(home, "node_modules", "@types")
    mkdirSync(types, { recursive: true })
    symlinkSync(join(modules, "@types", "node"), join(types, "node"))
    const tsc = join(modules, "typescript", "bin", "tsc")
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--types", "node"]
    const { stdout, status } = spawnSync(process.execPath, [tsc, ...flags, "typed.ts"], {
      cwd: home,
      encoding: "utf8",
    })
    expect([stdout, status]).toEqual(["", 0])
  }, 60_000)

  it("runs its command line, with its rules and its database", async () => {
    expect(thwart(["--version"])).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: "" })
    expect(thwart(["--help"]).stdout).toMatch(/^Usage: thwart /)
    expect(thwart(["rules", "check"])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+ rules, 0 mistakes, 0 warnings\n$/),
    })

    const words = ["serve", "--port", "0", "--json", "--data", join(home, "data")]
    const server = spawn(join(own, "thwart"), words, { cwd: home, env: withNode(dirname(process.execPath)) })
    try {
      const said = await new Promise<string>((resolve, reject) => {
        server.stdout.once("data", (bytes) => resolve(String(bytes)))
        server.stderr.once("data", (bytes) => reject(new Error(String(bytes))))
        server.once("exit", (code) => reject(new Error(`it ended with ${code}`)))
      })
      const { url } = z.object({ url: z.string() }).parse(JSON.parse(said))
      expect((await fetch(`${url}/api/v1/incidents`)).status).toBe(401)
    } finally {
      server.kill()
      await new Promise((resolve) => server.once("close", resolve))
    }
  }, 60_000)

  it("says which Node it needs where that is too old, or none", () => {
    const old = join(home, "old")
    mkdirSync(old)
    for (const [says, found] of [
      ["echo v20.20.2", /Node 24 or newer is needed, and v20\.20\.2 was found/],
      ["exit 127", /and none was found/],
    ] as const) {
      writeFileSync(join(old, "node"), `#!/bin/sh\n${says}\n`)
      chmodSync(join(old, "node"), 0o755)
      expect(thwart(["--version"], old)).toMatchObject({ status: 1, stderr: expect.stringMatching(found) })
    }
  })
})
