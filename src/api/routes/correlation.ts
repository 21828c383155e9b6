import { z } from "zod"
import { alertId, ThwartError } from "../../core/index.ts"
import { clusterRuleDraft, correlationPreview, correlationRules, newCorrelationPreview } from "../contract/index.ts"
import type { Routes } from "./route.ts"

const tags = ["correlation"]

export const correlationRoutes: Routes = (app, { correlation, store }) => {
  app.get(
    "/correlation/rules",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listCorrelationRules",
        tags,
        summary: "The intent and clustering rules that run here, each as a sentence",
        response: { 200: correlationRules },
      },
    },
    () => correlation.rules(),
  )
  app.post(
    "/correlation/preview",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "previewCorrelation",
        tags,
        summary: "What intent and clustering rules would have made of stored alerts",
        description:
          "Nothing is changed. Rules that are off are tried too; what is wrong with them is told with its line and column.",
        body: newCorrelationPreview,
        response: { 200: correlationPreview },
      },
    },
    ({ body }) => correlation.preview(body),
  )
  app.get(
    "/alerts/:id/cluster-rule",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "clusterRuleLike",
        tags,
        summary: "A clustering rule for alerts like this one, to go on with",
        params: z.object({ id: alertId }),
        response: { 200: clusterRuleDraft },
      },
    },
    async ({ params: { id } }) => {
      const found = await store.alert(id)
      if (found === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no alert ${id}`)
      return correlation.like(found)
    },
  )
}
