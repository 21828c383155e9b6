import { z } from "zod"
import { incidentId } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import { assignment, newComment, notes } from "../contract/index.ts"
import type { Routes } from "./route.ts"

const tags = ["incidents"]
const params = z.object({ id: incidentId })

export const incidentNoteRoutes: Routes = (app, { decisions }) => {
  app.put(
    "/incidents/:id/assignee",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "assignIncident",
        tags,
        summary: "Give an incident to somebody, or to nobody",
        params,
        body: assignment,
        response: { 200: notes },
      },
    },
    (request) => decisions.assignIncident(request.params.id, request.body.assignee, actorOf(request)),
  )
  app.post(
    "/incidents/:id/comments",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "commentIncident",
        tags,
        summary: "Comment on an incident; the last 200 comments are kept",
        params,
        body: newComment,
        response: { 201: notes },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await decisions.commentIncident(request.params.id, request.body.text, actorOf(request))),
  )
}
