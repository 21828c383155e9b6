import type { FastifyInstance, FastifyRequest } from "fastify"
import { type Role, roles } from "../../core/index.ts"
import { Refusal } from "../errors.ts"
import type { Accounts, Principal } from "./accounts.ts"

/** Who may call a route: anybody, whoever is signed in (even before replacing a one-time password), or a role and those above it. */
export type Access = "public" | "signed-in" | Role

declare module "fastify" {
  interface FastifyRequest {
    principal: Principal | undefined
  }
  interface FastifyContextConfig {
    access?: Access
  }
}

/** The session's cookie; with TLS its name lets no sub-domain set it. */
export const cookieName = (secure: boolean) => (secure ? "__Host-thwart_session" : "thwart_session")

/** Every route says who may call it; one that does not is closed. */
export function authenticate(app: FastifyInstance, accounts: Accounts, { secure }: { readonly secure: boolean }): void {
  app.decorateRequest("principal", undefined)
  app.addHook("onRequest", async (request) => {
    const access = request.routeOptions.config.access
    if (access === "public") return
    request.principal = await principalOf(request, accounts, secure)
    if (request.principal === undefined)
      throw new Refusal(401, "UNAUTHENTICATED", "sign in, or send a token as `Authorization: Bearer …`")
    if (access === "signed-in") return
    if (request.principal.mustChangePassword)
      throw new Refusal(403, "PASSWORD_CHANGE_REQUIRED", "replace the one-time password first")
    if (access === undefined || roles.indexOf(request.principal.role) < roles.indexOf(access)) {
      throw new Refusal(
        403,
        "FORBIDDEN",
        `this needs the role ${access ?? "nobody has"}; ${request.principal.name} is ${request.principal.role}`,
      )
    }
  })
}

async function principalOf(
  request: FastifyRequest,
  accounts: Accounts,
  secure: boolean,
): Promise<Principal | undefined> {
  const bearer = /^Bearer (thw_[\w-]{20,100})$/.exec(request.headers.authorization ?? "")?.[1]
  if (bearer !== undefined) return accounts.byToken(bearer)
  const cookie = request.cookies[cookieName(secure)]
  if (cookie === undefined) return undefined
  forbidForgery(request)
  return accounts.bySession(cookie)
}

/** A browser sends the cookie whoever made it send the request: a change must come from our own page (with SameSite=Strict beside). */
function forbidForgery(request: FastifyRequest): void {
  if (request.method === "GET" || request.method === "HEAD") return
  const site = request.headers["sec-fetch-site"]
  const { origin, host } = request.headers
  const foreign =
    (site !== undefined && site !== "same-origin") ||
    (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host))
  if (foreign) throw new Refusal(403, "FORGED", "this change was asked for by another site's page")
}

/** As the audit log names them. */
export function actorOf(request: FastifyRequest): { readonly who: string; readonly from: string } {
  return {
    who: request.principal === undefined ? "nobody" : `${request.principal.kind}:${request.principal.name}`,
    from: request.ip,
  }
}
