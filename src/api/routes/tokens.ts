import { z } from "zod"
import type { ApiToken } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import { createdToken, newToken, tokens } from "../contract/index.ts"
import type { Routes } from "./route.ts"

const tags = ["accounts"]

export const tokenRoutes: Routes = (app, { store, accounts }) => {
  app.get(
    "/tokens",
    {
      config: { access: "admin" },
      schema: { operationId: "listTokens", tags, summary: "Tokens for programs", response: { 200: tokens } },
    },
    async () => ({ items: (await store.tokens()).map(shownToken) }),
  )
  app.post(
    "/tokens",
    {
      config: { access: "admin" },
      schema: {
        operationId: "addToken",
        tags,
        summary: "Make a token",
        description: "Its secret is shown this once.",
        body: newToken,
        response: { 201: createdToken },
      },
    },
    async (request, reply) => {
      const made = await accounts.addToken(request.body, actorOf(request))
      return reply.status(201).send({ ...shownToken(made.token), secret: made.secret })
    },
  )
  app.delete(
    "/tokens/:id",
    {
      config: { access: "admin" },
      schema: {
        operationId: "removeToken",
        tags,
        summary: "Revoke a token",
        params: z.object({ id: z.string().max(100) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await accounts.removeToken(request.params.id, actorOf(request))
      return reply.status(204).send(null)
    },
  )
}

/** Without the hash. */
function shownToken({ secretHash: _, ...shown }: ApiToken) {
  return shown
}
