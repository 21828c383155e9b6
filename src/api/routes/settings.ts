import { z } from "zod"
import { allowlistEntry, policy, policyId } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import { allowlist, newAllowlistEntry, policies } from "../contract/index.ts"
import { Refusal } from "../errors.ts"
import type { Routes } from "./route.ts"

const tags = ["settings"]

export const settingRoutes: Routes = (app, { store, decisions, policySentence }) => {
  app.get(
    "/allowlist",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listAllowlist",
        tags,
        summary: "What must never be touched",
        response: { 200: allowlist },
      },
    },
    async () => ({ items: [...(await store.allowlist())] }),
  )
  app.post(
    "/allowlist",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "allow",
        tags,
        summary: "Add to the allowlist",
        description: "Ends what is in force against it.",
        body: newAllowlistEntry,
        response: { 201: allowlistEntry },
      },
    },
    async (request, reply) => {
      const entry = await decisions.allow(request.body, actorOf(request))
      return reply.status(201).send(entry)
    },
  )
  app.delete(
    "/allowlist/:id",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "disallow",
        tags,
        summary: "Remove from the allowlist",
        params: z.object({ id: z.string().max(100) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await decisions.disallow(request.params.id, actorOf(request))
      return reply.status(204).send(null)
    },
  )
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
      await decisions.changePolicy(request.body, actorOf(request))
      return request.body
    },
  )
}
