import type { FastifyReply } from "fastify"
import { z } from "zod"
import type { Principal, SignIn } from "../auth/accounts.ts"
import { cookieName } from "../auth/authenticate.ts"
import { changePassword, oneTimeSignIn, signIn, whoAmI } from "../contract/index.ts"
import { Refusal } from "../errors.ts"
import type { ApiDeps } from "../services.ts"
import type { App } from "./route.ts"

export function sessionRoutes(app: App, { accounts }: ApiDeps, { secure }: { readonly secure: boolean }): void {
  const answer = (result: SignIn, reply: FastifyReply) => {
    if (result.kind === "wrong")
      throw new Refusal(
        401,
        "UNAUTHENTICATED",
        "that name and password do not belong together, or the link was used or is too old",
      )
    if (result.kind === "wait")
      throw new Refusal(
        429,
        "THROTTLED",
        `too many failures; try again in ${Math.ceil(result.waitMs / 1000)} seconds`,
        Math.ceil(result.waitMs / 1000),
      )
    reply.setCookie(cookieName(secure), result.secret, {
      path: "/",
      httpOnly: true,
      sameSite: "strict",
      secure,
      maxAge: 12 * 3600,
    })
    return shown(result.principal)
  }

  app.post(
    "/session",
    { config: { access: "public" }, schema: { summary: "Sign in", body: signIn, response: { 200: whoAmI } } },
    async ({ body, ip }, reply) => answer(await accounts.signIn(body.name, body.password, ip), reply),
  )
  app.post(
    "/session/one-time",
    {
      config: { access: "public" },
      schema: { summary: "Sign in by a link's secret", body: oneTimeSignIn, response: { 200: whoAmI } },
    },
    async ({ body, ip }, reply) => answer(await accounts.signInByLink(body.token, ip), reply),
  )
  app.get(
    "/session",
    { config: { access: "signed-in" }, schema: { summary: "Who am I?", response: { 200: whoAmI } } },
    async ({ principal }) => shown(present(principal)),
  )
  app.delete(
    "/session",
    { config: { access: "signed-in" }, schema: { summary: "Sign out", response: { 204: z.null() } } },
    async ({ principal, ip }, reply) => {
      await accounts.signOut(present(principal), ip)
      reply.clearCookie(cookieName(secure), { path: "/" })
      return reply.status(204).send(null)
    },
  )
  app.post(
    "/session/password",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Change my password; ends my other sessions",
        body: changePassword,
        response: { 204: z.null() },
      },
    },
    async ({ principal, body, ip }, reply) => {
      const me = present(principal)
      if (me.kind !== "user") throw new Refusal(400, "INVALID", "a token has no password")
      if (!(await accounts.changePassword(me, body.current, body.next, ip)))
        throw new Refusal(403, "WRONG_PASSWORD", "that is not the current password, or it was tried too often")
      return reply.status(204).send(null)
    },
  )
}

function shown({ name, role, mustChangePassword, expiresAt }: Principal) {
  return { name, role, mustChangePassword, expiresAt }
}

/** `authenticate` has let nobody pass without one. */
function present(principal: Principal | undefined): Principal {
  if (principal === undefined) throw new Refusal(401, "UNAUTHENTICATED", "sign in first")
  return principal
}
