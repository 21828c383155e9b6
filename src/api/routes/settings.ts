import { z } from "zod"
import { parsePolicies, policy, policyId } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import { checkedPolicies, policies, policyText } from "../contract/index.ts"
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
  app.post(
    "/policies/check",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "checkPolicies",
        tags,
        summary: "What policies in YAML say, or what is wrong with them",
        description: "Nothing is changed; what it gives, without its sentence, is what `PUT /policies/{id}` takes.",
        body: policyText,
        response: { 200: checkedPolicies },
      },
    },
    async ({ body: { text, file } }) => {
      const parsed = parsePolicies(text, file)
      return parsed.kind === "bad"
        ? { kind: "bad" as const, diagnostics: [...parsed.diagnostics] }
        : { kind: "ok" as const, items: parsed.value.map((one) => ({ ...one, sentence: policySentence(one) })) }
    },
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
