import type { FastifyInstance, FastifyRequest } from "fastify"
import { type Role, roles } from "../../core/index.ts"
import { Refusal } from "../errors.ts"
import type { Accounts } from "./accounts.ts"
import { addressOf } from "./network.ts"
import type { Principal } from "./principal.ts"

/** Who may call a route: anybody, whoever is signed in (even before replacing a one-time password), or a role and those above it.
 * What sensors may is for them, and for those who may do the same by hand: who only reads sends nothing. */
export type Access = "public" | "signed-in" | Role

declare module "fastify" {
  interface FastifyRequest {
    principal: Principal | undefined
  }
  interface FastifyContextConfig {
    access?: Access
    /** What the route answers beside what every route may, for its description. */
    alsoAnswers?: readonly string[]
  }
}

/** The session's cookie; over TLS its name lets no other host of the domain set it (RFC 6265bis §4.1.3.2). */
export const cookieName = (secure: boolean) => (secure ? "__Host-thwart_session" : "thwart_session")

export const isSecure = (request: FastifyRequest) => request.protocol === "https"

export const sessionSecret = (request: FastifyRequest) => request.cookies[cookieName(isSecure(request))]

/** Decides about each request before its body is read. A route that does not say who may call it is closed. */
export function authenticate(app: FastifyInstance, accounts: Accounts): void {
  app.decorateRequest("principal", undefined)
  app.addHook("onRequest", async (request) => {
    if (request.is404) return
    const access = request.routeOptions.config.access
    const bearer = request.headers.authorization
    if (bearer === undefined) forbidForgery(request)
    if (access === "public") return
    request.principal = bearer === undefined ? await bySession(request, accounts) : await byToken(bearer, accounts)
    allow(request.principal, access)
  })
}

function allow(principal: Principal | undefined, access: Exclude<Access, "public"> | undefined): void {
  if (principal === undefined)
    throw new Refusal(401, "UNAUTHENTICATED", "sign in, or send a token as `Authorization: Bearer …`")
  if (access === "signed-in") return
  if (principal.mustChangePassword)
    throw new Refusal(403, "PASSWORD_CHANGE_REQUIRED", "replace the one-time password first")
  if (access === undefined || !isAllowed(principal.role, access)) {
    const needed = access ?? "nobody has"
    throw new Refusal(403, "FORBIDDEN", `this needs the role ${needed}; ${principal.name} is ${principal.role}`)
  }
}

/** Whether a role may call a route of this access. */
export function isAllowed(role: Role, access: Role): boolean {
  if (access === "sensor" && role === "viewer") return false
  return roles.indexOf(role) >= roles.indexOf(access)
}

async function bySession(request: FastifyRequest, accounts: Accounts): Promise<Principal | undefined> {
  const secret = sessionSecret(request)
  return secret === undefined ? undefined : accounts.bySession(secret, addressOf(request))
}

/** Who sends a header means it: a bad token is not made good by a cookie beside it. */
async function byToken(header: string, accounts: Accounts): Promise<Principal | undefined> {
  const secret = /^Bearer (thw_[\w-]{20,100})$/i.exec(header)?.[1]
  return secret === undefined ? undefined : accounts.byToken(secret)
}

/** A browser sends the cookie whoever made it send the request: a change must come from our own page (with SameSite=Strict beside). */
function forbidForgery(request: FastifyRequest): void {
  if (request.method === "GET" || request.method === "HEAD") return
  const site = request.headers["sec-fetch-site"]
  const { origin } = request.headers
  const foreign =
    (site !== undefined && site !== "same-origin") ||
    (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.host))
  if (foreign) throw new Refusal(403, "FORGED", "this change was asked for by another site's page")
}

/** As the audit log names them. */
export function actorOf(request: FastifyRequest): { readonly who: string; readonly from: string } {
  return {
    who: request.principal === undefined ? "nobody" : `${request.principal.kind}:${request.principal.name}`,
    from: addressOf(request),
  }
}
