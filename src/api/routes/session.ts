import type { FastifyReply, FastifyRequest } from "fastify"
import { z } from "zod"
import { cookieName, isSecure, sessionSecret } from "../auth/authenticate.ts"
import { addressOf } from "../auth/network.ts"
import type { Principal, SignIn } from "../auth/principal.ts"
import { changePassword, oneTimeSignIn, signIn, whoAmI } from "../contract/index.ts"
import { Refusal, tooMany } from "../errors.ts"
import { principalOf, type Routes } from "./route.ts"

const tags = ["session"]
// As long as a session can last; the server ends it earlier when nobody uses it.
const cookieSeconds = 12 * 3600

export const sessionRoutes: Routes = (app, { accounts }) => {
  app.post(
    "/session",
    {
      config: { access: "public" },
      schema: {
        operationId: "signIn",
        tags,
        summary: "Sign in",
        description: "Sets the session's cookie, and ends the session that the browser had before.",
        body: signIn,
        response: { 200: whoAmI },
      },
    },
    async (request, reply) => {
      const { name, password } = request.body
      return answer(await accounts.signIn(name, password, from(request)), request, reply)
    },
  )
  app.post(
    "/session/one-time",
    {
      config: { access: "public" },
      schema: {
        operationId: "signInByLink",
        tags,
        summary: "Sign in by a link's secret",
        description: "Links are made on the machine itself, and are good for one sign-in within ten minutes.",
        body: oneTimeSignIn,
        response: { 200: whoAmI },
      },
    },
    async (request, reply) => answer(await accounts.signInByLink(request.body.token, from(request)), request, reply),
  )
  app.get(
    "/session",
    {
      config: { access: "signed-in" },
      schema: { operationId: "whoAmI", tags, summary: "Who am I?", response: { 200: whoAmI } },
    },
    async (request) => shown(principalOf(request)),
  )
  app.delete(
    "/session",
    {
      config: { access: "signed-in" },
      schema: { operationId: "signOut", tags, summary: "Sign out", response: { 204: z.null() } },
    },
    async (request, reply) => {
      const me = userOf(request)
      await accounts.signOut(me, addressOf(request))
      const secure = isSecure(request)
      reply.clearCookie(cookieName(secure), { path: "/", httpOnly: true, sameSite: "strict", secure })
      return reply.status(204).send(null)
    },
  )
  app.post(
    "/session/password",
    {
      config: { access: "signed-in" },
      schema: {
        operationId: "changePassword",
        tags,
        summary: "Change my password",
        description: "Ends my other sessions. With a one-time password this is all that a session may do.",
        body: changePassword,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { current, next } = request.body
      const result = await accounts.changePassword(userOf(request), current, next, addressOf(request))
      if (result.kind === "wait") throw tooMany(result.waitMs, "the current password was wrong too often")
      if (result.kind === "wrong") throw new Refusal(403, "WRONG_PASSWORD", "that is not the current password")
      if (result.kind === "same") throw new Refusal(400, "INVALID", "the new password is the current one")
      return reply.status(204).send(null)
    },
  )
}

function from(request: FastifyRequest) {
  return { from: addressOf(request), replaces: sessionSecret(request) }
}

function answer(result: SignIn, request: FastifyRequest, reply: FastifyReply) {
  if (result.kind === "wait") throw tooMany(result.waitMs, "too many sign-ins failed")
  if (result.kind === "wrong")
    throw new Refusal(
      401,
      "UNAUTHENTICATED",
      "that name and password do not belong together, or the link was used or is too old",
    )
  const secure = isSecure(request)
  const options = { path: "/", httpOnly: true, sameSite: "strict", secure, maxAge: cookieSeconds } as const
  reply.setCookie(cookieName(secure), result.secret, options)
  return shown(result.principal)
}

function shown({ name, role, mustChangePassword, expiresAt }: Principal) {
  return { name, role, mustChangePassword, expiresAt }
}

function userOf(request: FastifyRequest): Principal {
  const principal = principalOf(request)
  if (principal.kind === "user") return principal
  throw new Refusal(400, "INVALID", "a token has no session and no password; an administrator can revoke it")
}
