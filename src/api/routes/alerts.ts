import { z } from "zod"
import { alert, alertId, ThwartError } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import { acknowledged, alertPage, alertsQuery, maskReport, newAlerts, newMasks } from "../contract/index.ts"
import { type Routes, shownPage } from "./route.ts"

const tags = ["alerts"]
// A thousand alerts with the evidence that they usually have.
const maxBodyBytes = 8 * 1024 * 1024

export const alertRoutes: Routes = (app, { store, ingest, decisions }) => {
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
  app.post(
    "/alerts/mask",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "maskAlerts",
        tags,
        summary: "Mask alerts, or unmask them",
        description:
          "A masked alert stays stored, counts nowhere and triggers nothing. Incidents are worked out anew, and what is in force because of masked alerts alone ends. Unmasking acts on nothing by itself: what is seen next counts with it.",
        body: newMasks,
        response: { 200: maskReport },
      },
    },
    async (request) => {
      const { alerts, masked, why } = request.body
      const report = await decisions.maskAlerts([...new Set(alerts)], { masked, why }, actorOf(request))
      return { alerts: [...report.alerts], incidents: [...report.incidents], ended: [...report.ended] }
    },
  )
}
