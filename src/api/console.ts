import { existsSync } from "node:fs"
import { join } from "node:path"
import fastifyStatic from "@fastify/static"
import type { FastifyInstance, FastifyReply } from "fastify"

const missing = `<!doctype html><meta charset="utf-8"><title>Thwart</title><p>The console is not built. Run <code>npm run setup</code> in Thwart's folder, then reload.</p>`

/** The built console: its files as they are, and its page for every path that is not the API's. */
export async function serveConsole(server: FastifyInstance, dir: string | null): Promise<void> {
  await server.register(async (app) => addPages(app, dir))
}

async function addPages(app: FastifyInstance, dir: string | null): Promise<void> {
  const built = dir !== null && existsSync(join(dir, "index.html"))
  if (built) {
    // The files are everybody's: who may see what is decided by the API that they ask.
    app.addHook("onRoute", (route) => {
      route.config = { access: "public", ...route.config }
    })
    await app.register(fastifyStatic, {
      root: dir,
      index: false,
      wildcard: false,
      setHeaders: (reply, path) =>
        void reply.header(
          "cache-control",
          path.includes("assets") ? "public, max-age=31536000, immutable" : "no-cache",
        ),
    })
  }
  const page = async (_request: unknown, reply: FastifyReply) =>
    built ? reply.sendFile("index.html") : reply.type("text/html").send(missing)
  app.get("/", { config: { access: "public" }, schema: { hide: true } }, page)
  app.get("/*", { config: { access: "public" }, schema: { hide: true } }, (request, reply) =>
    /^\/(api|assets|metrics|healthz)(\/|\?|$)/.test(request.url) ? reply.callNotFound() : page(request, reply),
  )
}
