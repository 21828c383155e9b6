import { z } from "zod"
import { subjectOf } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import { allowed, allowlist, newAllowlistEntry } from "../contract/index.ts"
import type { Routes } from "./route.ts"

const tags = ["settings"]

export const allowlistRoutes: Routes = (app, { store, decisions }) => {
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
        description:
          "An address, a prefix, a range, a host name or an AS number. Ends what is in force against it, and names that.",
        body: newAllowlistEntry,
        response: { 201: allowed },
      },
    },
    async (request, reply) => {
      const { freed, ...entry } = await decisions.allow(request.body, actorOf(request))
      return reply.status(201).send({ ...entry, freed: freed.map((one) => ({ id: one.id, subject: subjectOf(one) })) })
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
}
