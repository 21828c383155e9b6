import { z } from "zod"
import { countermeasure, countermeasureId, ThwartError } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import { countermeasurePage, countermeasuresQuery, explanation, newBlock, undo } from "../contract/index.ts"
import { type Routes, shownPage } from "./route.ts"

const tags = ["countermeasures"]
const params = z.object({ id: countermeasureId })

export const countermeasureRoutes: Routes = (app, { store, decisions, explain, evidence, clock }) => {
  app.get(
    "/countermeasures",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listCountermeasures",
        tags,
        summary: "Countermeasures, newest first",
        querystring: countermeasuresQuery,
        response: { 200: countermeasurePage },
      },
    },
    async ({ query: { active, ...query } }) => {
      const activeAt = active === true ? clock.now() : undefined
      return shownPage(await store.countermeasures({ ...query, activeAt }))
    },
  )
  app.get(
    "/countermeasures/:id",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "countermeasure",
        tags,
        summary: "One countermeasure",
        params,
        response: { 200: countermeasure },
      },
    },
    async ({ params: { id } }) => {
      const found = await store.countermeasure(id)
      if (found === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no countermeasure ${id}`)
      return found
    },
  )
  app.get(
    "/countermeasures/:id/evidence",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "evidence",
        tags,
        summary: "What an enforcer found before it acted",
        description: "Of a container: its inspection, processes, changed files and last lines of log, without secrets.",
        params,
        response: { 200: z.unknown() },
      },
    },
    async ({ params: { id } }) => {
      const found = await evidence(id)
      if (found === undefined)
        throw new ThwartError(
          "THWART_NOT_FOUND",
          `there is no evidence of ${id}; only quarantines that acted have some`,
        )
      return found
    },
  )
  app.post(
    "/countermeasures",
    {
      config: { access: "analyst", alsoAnswers: ["409"] },
      schema: {
        operationId: "block",
        tags,
        summary: "Block an address or a prefix",
        body: newBlock,
        response: { 201: countermeasure },
      },
    },
    async (request, reply) => {
      const made = await decisions.block(request.body, actorOf(request))
      return reply.status(201).send(made)
    },
  )
  app.post(
    "/countermeasures/:id/undo",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "undo",
        tags,
        summary: "End a countermeasure",
        description: "As a false positive, the same evidence does not bring it back.",
        params,
        body: undo,
        response: { 200: countermeasure },
      },
    },
    (request) => decisions.undo(request.params.id, request.body, actorOf(request)),
  )
  app.get(
    "/explain/:subject",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "explain",
        tags,
        summary: "From an address, countermeasure, incident or alert back to every byte that led there",
        params: z.object({ subject: z.string().min(1).max(200) }),
        response: { 200: explanation },
      },
    },
    async ({ params: { subject } }) => {
      const { story, countermeasures, incidents, alerts, ...rest } = await explain(subject)
      return {
        ...rest,
        story: [...story],
        countermeasures: [...countermeasures],
        incidents: [...incidents],
        alerts: [...alerts],
      }
    },
  )
}
