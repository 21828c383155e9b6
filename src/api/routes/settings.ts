import { z } from "zod"
import { policy, policyId } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import { policies } from "../contract/index.ts"
import { Refusal } from "../errors.ts"
import type { Routes } from "./route.ts"

const tags = ["settings"]

export const settingRoutes: Routes = (app, { store, decisions, policySentence }) => {
  app.get(
    "/policies",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listPolicies",
        tags,
        summary: "Policies, each also as a sentence",
        response: { 200: policies },
      },
    },
    async () => ({
      items: (await store.policies()).map((one) => ({ ...one, sentence: policySentence(one) })),
    }),
  )
  app.put(
    "/policies/:id",
    {
      config: { access: "admin" },
      schema: {
        operationId: "putPolicy",
        tags,
        summary: "Make or change a network or quarantine policy",
        description: "Before it becomes automatic, ask `POST /backtests` what it would have done.",
        params: z.object({ id: policyId }),
        body: policy,
        response: { 200: policy },
      },
    },
    async (request) => {
      if (request.body.id !== request.params.id)
        throw new Refusal(400, "INVALID", `the policy's id is "${request.body.id}", the path's "${request.params.id}"`)
      return decisions.changePolicy(request.body, actorOf(request))
    },
  )
}
