import { z } from "zod"
import { type Policy, policyId, recommendationId } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import type { DecisionReport } from "../contract/index.ts"
import {
  decision,
  decisionReport,
  modeChange,
  modeWish,
  pendingQuery,
  recommendationDetail,
  recommendations,
  standingDecision,
} from "../contract/index.ts"
import type { Routes } from "./route.ts"

const tags = ["recommendations"]
const params = z.object({ id: recommendationId })

export const recommendationRoutes: Routes = (app, { decisions, store, policySentence }) => {
  const named = async () => {
    const byId = new Map<string, Policy>((await store.policies()).map((one) => [one.id, one]))
    return <R extends { readonly policy: string }>(one: R) => {
      const policy = byId.get(one.policy)
      return { ...one, policyName: policy?.name ?? one.policy, sentence: policy ? policySentence(policy) : "" }
    }
  }

  app.get(
    "/recommendations",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listRecommendations",
        tags,
        summary: "What policies propose, one row for each policy, newest first",
        response: { 200: recommendations },
      },
    },
    async () => ({ items: decisions.recommendations().map(await named()) }),
  )
  app.get(
    "/recommendations/:id",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "recommendation",
        tags,
        summary: "A recommendation with what is pending, a page of it",
        params,
        querystring: pendingQuery,
        response: { 200: recommendationDetail },
      },
    },
    async ({ params: { id }, query: { limit, cursor } }) => {
      const { recommendation, items, next } = await decisions.pending(id, { limit, after: cursor })
      return { recommendation: (await named())(recommendation), items: [...items], next: next ?? null }
    },
  )
  app.post(
    "/recommendations/:id/decide",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "decideRecommendation",
        tags,
        summary: "Accept or dismiss what is pending, or some of it",
        description:
          "Each is held against the guardrails, its evidence and what is in force; tells what became of each.",
        params,
        body: decision,
        response: { 200: decisionReport },
      },
    },
    async (request) => shown(await decisions.decideRecommendation(request.params.id, request.body, actorOf(request))),
  )
  app.post(
    "/recommendations/:id/always",
    {
      config: { access: "admin" },
      schema: {
        operationId: "decideAlways",
        tags,
        summary: "Accept or ignore what is pending and all that its policy will propose",
        description: "Sets the interactive-status of the policy, which asks no more.",
        params,
        body: standingDecision,
        response: { 200: decisionReport },
      },
    },
    async (request) => {
      const { kind, ...rest } = request.body
      const always = { ...rest, kind: `always-${kind}`, pending: null } as const
      return shown(await decisions.decideRecommendation(request.params.id, always, actorOf(request)))
    },
  )
  app.post(
    "/policies/:id/mode",
    {
      config: { access: "admin" },
      schema: {
        operationId: "changeMode",
        tags: ["settings"],
        summary: "Change a policy's mode or its interactive-status",
        description:
          "From interactive to automatic, all that is pending is accepted, unless it shall be kept. With `preview` nothing is changed.",
        params: z.object({ id: policyId }),
        body: modeWish,
        response: { 200: modeChange },
      },
    },
    async (request) => {
      const change = await decisions.changeMode(request.params.id, request.body, actorOf(request))
      const policy = { ...change.policy, sentence: policySentence(change.policy) }
      return { ...change, policy, items: [...change.items] }
    },
  )
}

function shown({ items, notPending, ...rest }: Awaited<ReturnType<Decide>>): DecisionReport {
  return { ...rest, items: [...items], notPending: [...notPending] }
}

type Decide = Parameters<Routes>[1]["decisions"]["decideRecommendation"]
