import { z } from "zod"
import { status } from "../contract/index.ts"
import type { ApiDeps } from "../services.ts"
import type { App } from "./route.ts"

export function statusRoutes(app: App, { status: statusNow, metrics, store }: ApiDeps): void {
  app.get(
    "/api/v1/status",
    { config: { access: "viewer" }, schema: { summary: "Sensors, enforcers and counts", response: { 200: status } } },
    () => statusNow(),
  )
  app.get(
    "/healthz",
    {
      config: { access: "public" },
      schema: {
        summary: "Whether the server and its store answer",
        response: { 200: z.object({ status: z.literal("ok") }) },
      },
    },
    async () => {
      await store.policies()
      return { status: "ok" as const }
    },
  )
  app.get(
    "/metrics",
    { config: { access: "viewer" }, schema: { summary: "Prometheus metrics" } },
    async (_request, reply) => {
      const { text, contentType } = await metrics()
      return reply.type(contentType).send(text)
    },
  )
}
