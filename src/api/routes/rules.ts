import { z } from "zod"
import { alertId, alertVerdict, ruleException, ruleId, ruleSwitch } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import {
  disableRule,
  enableRule,
  newRuleException,
  newVerdict,
  ruleDetail,
  ruleExceptionChange,
  ruleExceptions,
  rulePage,
  rulesQuery,
  verdicts,
  verdictsQuery,
} from "../contract/index.ts"
import type { Routes } from "./route.ts"

const tags = ["rules"]
const params = z.object({ id: ruleId })
const exceptionParams = z.object({ id: z.string().max(100) })
const alertParams = z.object({ id: alertId })

export const ruleRoutes: Routes = (app, { rules, store, decisions }) => {
  app.get(
    "/rules",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listRules",
        tags,
        summary: "The rules that run here, with their hits and false positives",
        querystring: rulesQuery,
        response: { 200: rulePage },
      },
    },
    ({ query }) => rules.list(query),
  )
  app.get(
    "/rules/:id",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "rule",
        tags,
        summary: "A rule with its switches and exceptions",
        params,
        response: { 200: ruleDetail },
      },
    },
    (request) => rules.one(request.params.id),
  )
  app.post(
    "/rules/:id/disable",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "disableRule",
        tags,
        summary: "Turn a rule off, everywhere or on one node",
        description: "A rule that is off already stays so, with the reason that it was turned off for.",
        params,
        body: disableRule,
        response: { 200: ruleSwitch },
      },
    },
    (request) => rules.disable(request.params.id, request.body, actorOf(request)),
  )
  app.post(
    "/rules/:id/enable",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "enableRule",
        tags,
        summary: "Turn a rule on again",
        params,
        body: enableRule,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await rules.enable(request.params.id, request.body.node, actorOf(request))
      return reply.status(204).send(null)
    },
  )
  app.get(
    "/rule-exceptions",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listRuleExceptions",
        tags,
        summary: "Exceptions from rules, those that ended too",
        response: { 200: ruleExceptions },
      },
    },
    async () => ({ items: [...(await rules.exceptions())] }),
  )
  app.post(
    "/rule-exceptions",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "addRuleException",
        tags,
        summary: "Except a path, a parameter or a source from rules",
        description: "All that is named must be so. With a parameter, the rules look at everything else still.",
        body: newRuleException,
        response: { 201: ruleException },
      },
    },
    async (request, reply) => reply.status(201).send(await rules.except(request.body, actorOf(request))),
  )
  app.patch(
    "/rule-exceptions/:id",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "changeRuleException",
        tags,
        summary: "End an exception, or change when it ends",
        params: exceptionParams,
        body: ruleExceptionChange,
        response: { 200: ruleException },
      },
    },
    (request) => rules.changeException(request.params.id, request.body, actorOf(request)),
  )
  app.get(
    "/verdicts",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listVerdicts",
        tags,
        summary: "What analysts found these alerts to be",
        querystring: verdictsQuery,
        response: { 200: verdicts },
      },
    },
    async ({ query }) => {
      // The cast holds: the pattern of the query is that of the ids.
      const ids = query.alerts.split(",").slice(0, 500) as z.output<typeof alertId>[]
      return { items: [...(await store.verdicts(ids))] }
    },
  )
  app.put(
    "/alerts/:id/verdict",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "markAlert",
        tags,
        summary: "Mark an alert as a true or a false positive",
        description: "It counts for every rule that contributed.",
        params: alertParams,
        body: newVerdict,
        response: { 200: alertVerdict.nullable() },
      },
    },
    async (request) => {
      const { id } = request.params
      const marked = await rules.mark(id, request.body.verdict, actorOf(request))
      await decisions.reviewEvidence([id], actorOf(request))
      return marked
    },
  )
  app.delete(
    "/alerts/:id/verdict",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "unmarkAlert",
        tags,
        summary: "Take an alert's mark back",
        params: alertParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await rules.mark(request.params.id, null, actorOf(request))
      return reply.status(204).send(null)
    },
  )
}
