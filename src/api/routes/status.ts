import { z } from "zod"
import { status } from "../contract/index.ts"
import type { ApiDeps, ApiOptions } from "../services.ts"
import type { App } from "./route.ts"

const tags = ["server"]

export function statusRoutes(
  app: App,
  { status: statusNow, metrics, store }: ApiDeps,
  { metricsOpen = false }: Pick<ApiOptions, "metricsOpen">,
): void {
  app.get(
    "/api/v1/status",
    {
      config: { access: "viewer" },
      schema: { operationId: "status", tags, summary: "Sensors, enforcers and counts", response: { 200: status } },
    },
    () => statusNow(),
  )
  app.get(
    "/api/v1/openapi.json",
    {
      config: { access: "public" },
      schema: {
        operationId: "openapi",
        tags,
        summary: "This document",
        response: { 200: z.record(z.string(), z.unknown()) },
      },
    },
    async () => ({ ...app.swagger() }),
  )
  app.get(
    "/healthz",
    {
      config: { access: "public" },
      schema: {
        operationId: "health",
        tags,
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
    {
      config: { access: metricsOpen ? "public" : "viewer" },
      schema: {
        operationId: "metrics",
        tags,
        summary: "Metrics for Prometheus",
        response: {
          200: { description: "The text format", content: { "text/plain": { schema: z.string() } } },
        },
      },
    },
    async (_request, reply) => {
      const { text, contentType } = await metrics()
      return reply.type(contentType).send(text)
    },
  )
}
