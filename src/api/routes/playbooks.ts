import { z } from "zod"
import { playbookId, playbookRun } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import {
  decideRun,
  dryRun,
  dryRunOf,
  dryRuns,
  newPlaybooks,
  playbooks as playbookList,
  playbookRunPage,
  playbookRunsQuery,
  shownPlaybook,
  tryText,
} from "../contract/index.ts"
import { type App, type Routes, shownPage } from "./route.ts"

const tags = ["playbooks"]
const params = z.object({ id: playbookId })
const runParams = z.object({ id: z.string().max(100) })

export const playbookRoutes: Routes = (app, { playbooks }) => {
  lookAt(app, playbooks)
  change(app, playbooks)
  tryOut(app, playbooks)
  runs(app, playbooks)
}

type Desk = Parameters<Routes>[1]["playbooks"]

const shown = ({ problems, ...rest }: ReturnType<Desk["one"]>) => ({ ...rest, problems: [...problems] })

function lookAt(app: App, playbooks: Desk): void {
  app.get(
    "/playbooks",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listPlaybooks",
        tags,
        summary: "Playbooks of files and of the store, each also as a sentence",
        response: { 200: playbookList },
      },
    },
    async () => ({ items: playbooks.list().map(shown) }),
  )
  app.get(
    "/playbooks/:id",
    {
      config: { access: "viewer" },
      schema: { operationId: "playbook", tags, summary: "A playbook", params, response: { 200: shownPlaybook } },
    },
    async (request) => shown(playbooks.one(request.params.id)),
  )
}

function change(app: App, playbooks: Desk): void {
  app.put(
    "/playbooks",
    {
      config: { access: "admin" },
      schema: {
        operationId: "putPlaybooks",
        tags,
        summary: "Make or change the playbooks of a YAML text",
        description: "All of them or none: mistakes are told with line and column. Those of files are changed there.",
        body: newPlaybooks,
        response: { 200: playbookList },
      },
    },
    async (request) => {
      const { text, file } = request.body
      const put = await playbooks.put(playbooks.read(text, file), actorOf(request))
      return { items: put.map(shown) }
    },
  )
  app.delete(
    "/playbooks/:id",
    {
      config: { access: "admin" },
      schema: {
        operationId: "removePlaybook",
        tags,
        summary: "Remove a playbook from the store",
        params,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await playbooks.remove(request.params.id, actorOf(request))
      return reply.status(204).send(null)
    },
  )
  for (const [verb, enabled] of [
    ["enable", true],
    ["disable", false],
  ] as const)
    app.post(
      `/playbooks/:id/${verb}`,
      {
        config: { access: "admin" },
        schema: {
          operationId: `${verb}Playbook`,
          tags,
          summary: enabled ? "Turn a playbook on" : "Turn a playbook off",
          params,
          body: z.strictObject({}),
          response: { 200: shownPlaybook },
        },
      },
      async (request) => shown(await playbooks.turn(request.params.id, enabled, actorOf(request))),
    )
}

function tryOut(app: App, playbooks: Desk): void {
  const plain = async (...asked: Parameters<Desk["dryRun"]>) => {
    const { whyNot, steps, ...rest } = await playbooks.dryRun(...asked)
    return {
      ...rest,
      whyNot: [...whyNot],
      steps: steps.map((step) => ({
        ...step,
        calls: step.calls.map((one) => ({ ...one, calls: [...one.calls] })),
      })),
    }
  }
  app.post(
    "/playbooks/:id/dry-run",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "dryRunPlaybook",
        tags,
        summary: "Show what a playbook would do, with each call that would be made",
        description: "As if it were automatic, on the targets as they are now. Nothing is changed.",
        params,
        body: dryRunOf,
        response: { 200: dryRun },
      },
    },
    (request) => plain(playbooks.one(request.params.id).playbook, request.body.evidence),
  )
  app.post(
    "/playbooks/dry-run",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "dryRunPlaybookText",
        tags,
        summary: "As the dry run of a playbook, for those of a YAML text",
        body: tryText,
        response: { 200: dryRuns },
      },
    },
    async (request) => {
      const { text, file, evidence } = request.body
      const items: Awaited<ReturnType<typeof plain>>[] = []
      for (const one of playbooks.read(text, file).slice(0, maxTried)) items.push(await plain(one, evidence))
      return { items }
    },
  )
}

// Each asks the targets; more are tried one at a time.
const maxTried = 20

function runs(app: App, playbooks: Desk): void {
  app.get(
    "/playbook-runs",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listPlaybookRuns",
        tags,
        summary: "What playbooks did, or propose",
        querystring: playbookRunsQuery,
        response: { 200: playbookRunPage },
      },
    },
    async ({ query }) => shownPage(await playbooks.runs(query)),
  )
  app.post(
    "/playbook-runs/:id/decision",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "decidePlaybookRun",
        tags,
        summary: "Accept or reject what a playbook proposes",
        description: "The guardrails are asked again before anything is done.",
        params: runParams,
        body: decideRun,
        response: { 200: playbookRun },
      },
    },
    (request) => playbooks.decide(request.params.id, request.body.accept, actorOf(request)),
  )
}
