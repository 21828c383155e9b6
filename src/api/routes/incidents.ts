import { z } from "zod"
import { incident, incidentId, ThwartError } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import { incidentChange, incidentDetail, incidentPage, incidentsQuery } from "../contract/index.ts"
import { type Routes, shownPage } from "./route.ts"

// What one page of evidence can show; the list of alerts has the rest.
const maxAlerts = 200

const tags = ["incidents"]
const params = z.object({ id: incidentId })

export const incidentRoutes: Routes = (app, { store, decisions }) => {
  app.get(
    "/incidents",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listIncidents",
        tags,
        summary: "Incidents, newest first",
        querystring: incidentsQuery,
        response: { 200: incidentPage },
      },
    },
    async ({ query }) => shownPage(await store.incidents(query)),
  )
  app.get(
    "/incidents/:id",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "incident",
        tags,
        summary: "An incident with its alerts and countermeasures",
        params,
        response: { 200: incidentDetail },
      },
    },
    async ({ params: { id } }) => {
      const found = await store.incident(id)
      if (found === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no incident ${id}`)
      const ids = found.stages.flatMap(({ alerts }) => alerts).slice(0, maxAlerts)
      const masked = (found.masked ?? []).slice(-maxAlerts)
      const [alerts, countermeasures, notes, maskedAlerts] = await Promise.all([
        store.alerts({ ids, limit: maxAlerts }),
        store.countermeasures({ incident: id, limit: 100 }),
        store.incidentNotes(id),
        store.alerts({ ids: masked, limit: maxAlerts }),
      ])
      return {
        incident: found,
        alerts: [...alerts.items].reverse(),
        countermeasures: [...countermeasures.items],
        notes: notes ?? { incident: id, assignee: null, comments: [] },
        masked: [...maskedAlerts.items],
      }
    },
  )
  app.patch(
    "/incidents/:id",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "changeIncident",
        tags,
        summary: "Change an incident's status",
        params,
        body: incidentChange,
        response: { 200: incident },
      },
    },
    (request) => decisions.changeIncident(request.params.id, request.body.status, actorOf(request)),
  )
}
