import { z } from "zod"
import { incidentId, ThwartError } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import {
  newVulnerabilityReport,
  relatedVulnerabilities,
  vulnerabilityReports,
  vulnerabilitySummary,
} from "../contract/index.ts"
import type { Routes } from "./route.ts"

const tags = ["vulnerabilities"]
const params = z.object({ id: z.string().max(100) })
// A report of the most vulnerabilities there may be, with names of a usual length, is 4 MiB.
const bodyLimit = 8 * 1024 * 1024

export const vulnerabilityRoutes: Routes = (app, { vulnerabilities, store }) => {
  app.get(
    "/vulnerabilities",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listVulnerabilityReports",
        tags,
        summary: "The reports of vulnerabilities that were imported, newest first",
        response: { 200: vulnerabilityReports },
      },
    },
    async () => ({ items: [...vulnerabilities.list()] }),
  )
  app.post(
    "/vulnerabilities",
    {
      bodyLimit,
      config: { access: "analyst" },
      schema: {
        operationId: "importVulnerabilities",
        tags,
        summary: "Import what a scanner found on a node, or in an image",
        description: "It replaces the earlier report of the same tool about the same node or image.",
        body: newVulnerabilityReport,
        response: { 201: vulnerabilitySummary },
      },
    },
    async (request, reply) => reply.status(201).send(await vulnerabilities.add(request.body, actorOf(request))),
  )
  app.delete(
    "/vulnerabilities/:id",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "removeVulnerabilities",
        tags,
        summary: "Remove a report of vulnerabilities",
        params,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await vulnerabilities.remove(request.params.id, actorOf(request))
      return reply.status(204).send(null)
    },
  )
  app.get(
    "/incidents/:id/vulnerabilities",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "incidentVulnerabilities",
        tags,
        summary: "The known vulnerabilities of an incident's nodes",
        params: z.object({ id: incidentId }),
        response: { 200: relatedVulnerabilities },
      },
    },
    async ({ params: { id } }) => {
      const found = await store.incident(id)
      if (found === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no incident ${id}`)
      return vulnerabilities.ofNodes(found.nodes)
    },
  )
}
