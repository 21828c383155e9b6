import { z } from "zod"
import type { ApiToken, User } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import { createdToken, createdUser, newToken, newUser, tokens, user, userChange, users } from "../contract/index.ts"
import type { Routes } from "./route.ts"

export const accountRoutes: Routes = (app, { store, accounts }) => {
  app.get(
    "/users",
    { config: { access: "admin" }, schema: { summary: "Who may sign in", response: { 200: users } } },
    async () => ({ items: (await store.users()).map(shownUser) }),
  )
  app.post(
    "/users",
    {
      config: { access: "admin" },
      schema: {
        summary: "Add a user; the one-time password is shown once",
        body: newUser,
        response: { 201: createdUser },
      },
    },
    async (request, reply) => {
      const made = await accounts.addUser(request.body.name, request.body.role, actorOf(request))
      return reply.status(201).send({ ...shownUser(made.user), oneTimePassword: made.oneTimePassword })
    },
  )
  app.patch(
    "/users/:name",
    {
      config: { access: "admin" },
      schema: {
        summary: "Change a user's role, or disable one",
        params: z.object({ name: z.string().max(100) }),
        body: userChange,
        response: { 200: user },
      },
    },
    async (request) => shownUser(await accounts.changeUser(request.params.name, request.body, actorOf(request))),
  )
  app.get(
    "/tokens",
    { config: { access: "admin" }, schema: { summary: "Tokens for programs", response: { 200: tokens } } },
    async () => ({ items: (await store.tokens()).map(shownToken) }),
  )
  app.post(
    "/tokens",
    {
      config: { access: "admin" },
      schema: { summary: "Make a token; its secret is shown once", body: newToken, response: { 201: createdToken } },
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
      schema: { summary: "Revoke a token", params: z.object({ id: z.string().max(100) }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await accounts.removeToken(request.params.id, actorOf(request))
      return reply.status(204).send(null)
    },
  )
}

/** Without the hash. */
function shownUser({ name, role, disabled, mustChangePassword, createdAt }: User) {
  return { name, role, disabled, mustChangePassword, createdAt }
}

function shownToken({ secretHash: _, ...shown }: ApiToken) {
  return shown
}
