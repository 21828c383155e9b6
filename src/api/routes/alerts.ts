import { z } from "zod"
import { alert, alertId, ThwartError } from "../../core/index.ts"
import { acknowledged, alertPage, alertsQuery, newAlerts } from "../contract/index.ts"
import type { Routes } from "./route.ts"

const maxBodyBytes = 8 * 1024 * 1024

export const alertRoutes: Routes = (app, { store, ingest }) => {
  app.get(
    "/alerts",
    {
      config: { access: "viewer" },
      schema: { summary: "Alerts, newest first", querystring: alertsQuery, response: { 200: alertPage } },
    },
    async ({ query }) => {
      const { items, next } = await store.alerts(query)
      return { items: [...items], next: next ?? null }
    },
  )
  app.get(
    "/alerts/:id",
    {
      config: { access: "viewer" },
      schema: { summary: "One alert", params: z.object({ id: alertId }), response: { 200: alert } },
    },
    async ({ params }) => {
      const found = await store.alert(params.id)
      if (found === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no alert ${params.id}`)
      return found
    },
  )
  app.post(
    "/alerts",
    {
      config: { access: "analyst" },
      bodyLimit: maxBodyBytes,
      schema: {
        summary: "Alerts of a sensor; acknowledged once they are stored",
        body: newAlerts,
        response: { 202: acknowledged },
      },
    },
    async ({ body }, reply) => {
      await ingest(body.alerts)
      return reply.status(202).send({ accepted: body.alerts.length })
    },
  )
}
