import { z } from "zod"
import { eventRuleClone, eventRules, eventTrial, newEventRuleId, newEventTrial } from "../contract/index.ts"
import type { Routes } from "./route.ts"

const tags = ["rules"]

export const eventRuleRoutes: Routes = (app, { eventRules: book }) => {
  app.get(
    "/event-rules",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listEventRules",
        tags,
        summary: "The rules over records of other tools, each also as a sentence",
        response: { 200: eventRules },
      },
    },
    () => book.list(),
  )
  app.get(
    "/event-rules/:id/clone",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "cloneEventRule",
        tags,
        summary: "An event rule as YAML under another id, to be changed",
        description: "Nothing is stored: the text goes into a file that `eventRules` names.",
        params: z.object({ id: z.string().max(200) }),
        querystring: newEventRuleId,
        response: { 200: eventRuleClone },
      },
    },
    async ({ params, query }) => ({ yaml: book.clone(params.id, query.as) }),
  )
  app.post(
    "/events/try",
    {
      config: { access: "analyst", alsoAnswers: ["503"] },
      schema: {
        operationId: "tryEvents",
        tags,
        summary: "Hold records against a filter or rules that are being written",
        description: "Tells of each record why it matches or not, and of mistakes where they are. Nothing is stored.",
        body: newEventTrial,
        response: { 200: eventTrial },
      },
    },
    ({ body }) => book.try(body),
  )
}
