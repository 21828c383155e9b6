import { z } from "zod"
import type { User } from "../../core/index.ts"
import { actorOf } from "../auth/authenticate.ts"
import type { NewUser } from "../auth/users.ts"
import { auditPage, createdUser, newUser, pageQuery, user, userChange, users } from "../contract/index.ts"
import { type Routes, shownPage } from "./route.ts"

const tags = ["accounts"]
const params = z.object({ name: z.string().max(100) })

export const accountRoutes: Routes = (app, { store, accounts }) => {
  app.get(
    "/users",
    {
      config: { access: "admin" },
      schema: { operationId: "listUsers", tags, summary: "Who may sign in", response: { 200: users } },
    },
    async () => ({ items: (await store.users()).map(shownUser) }),
  )
  app.post(
    "/users",
    {
      config: { access: "admin" },
      schema: {
        operationId: "addUser",
        tags,
        summary: "Add a user",
        description: "The one-time password is shown this once; it must be replaced at the first sign-in.",
        body: newUser,
        response: { 201: createdUser },
      },
    },
    async (request, reply) => {
      const made = await accounts.addUser(request.body.name, request.body.role, actorOf(request))
      return reply.status(201).send(shownNew(made))
    },
  )
  app.patch(
    "/users/:name",
    {
      config: { access: "admin" },
      schema: {
        operationId: "changeUser",
        tags,
        summary: "Change a user's role, or disable one",
        description: "A disabled user is signed out everywhere. The last administrator stays one.",
        params,
        body: userChange,
        response: { 200: user },
      },
    },
    async (request) => shownUser(await accounts.changeUser(request.params.name, request.body, actorOf(request))),
  )
  app.post(
    "/users/:name/password",
    {
      config: { access: "admin" },
      schema: {
        operationId: "resetPassword",
        tags,
        summary: "Give a user a new one-time password",
        description: "It is shown this once. The user is signed out everywhere.",
        params,
        response: { 200: createdUser },
      },
    },
    async (request) => shownNew(await accounts.resetPassword(request.params.name, actorOf(request))),
  )
  app.get(
    "/audit",
    {
      config: { access: "analyst" },
      schema: {
        operationId: "listAudit",
        tags,
        summary: "Who changed what, from where, newest first",
        querystring: pageQuery,
        response: { 200: auditPage },
      },
    },
    async ({ query }) => shownPage(await store.audit(query)),
  )
}

function shownNew({ user, oneTimePassword }: NewUser) {
  return { ...shownUser(user), oneTimePassword }
}

/** Without the hash. */
function shownUser({ name, role, disabled, mustChangePassword, createdAt }: User) {
  return { name, role, disabled, mustChangePassword, createdAt }
}
