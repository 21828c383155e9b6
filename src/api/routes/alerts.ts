import { z } from "zod"
import { alert, alertId, ThwartError } from "../../core/index.ts"
import { acknowledged, alertPage, alertsQuery, newAlerts } from "../contract/index.ts"
import { type Routes, shownPage } from "./route.ts"

const tags = ["alerts"]
// A thousand alerts with the evidence that they usually have.
const maxBodyBytes = 8 * 1024 * 1024

export const alertRoutes: Routes = (app, { store, ingest }) => {
  app.get(
    "/alerts",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listAlerts",
        tags,
        summary: "Alerts, newest first",
        querystring: alertsQuery,
        response: { 200: alertPage },
      },
    },
    async ({ query }) => shownPage(await store.alerts(query)),
  )
  app.get(
    "/alerts/:id",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "alert",
        tags,
        summary: "One alert",
        params: z.object({ id: alertId }),
        response: { 200: alert },
      },
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
        operationId: "sendAlerts",
        tags,
        summary: "Alerts of a sensor",
        description:
          "The answer comes once they are stored. Alerts whose id is known are left alone, so that sending again does no harm.",
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
