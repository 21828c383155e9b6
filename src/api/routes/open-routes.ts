import type { FastifyInstance } from "fastify"
import type { Access } from "../auth/authenticate.ts"

export interface OpenRoute {
  readonly method: string
  readonly path: string
  readonly access: Access
}

/** Notes every route as it is added; the function that it returns tells them, and fails when one does not say who may call it. */
export function openRoutes(app: FastifyInstance): () => readonly OpenRoute[] {
  const added: { readonly method: string | string[]; readonly url: string; readonly config?: { access?: Access } }[] =
    []
  app.addHook("onRoute", (route) => {
    added.push(route)
  })
  return () =>
    added.flatMap(({ method, url, config }) => {
      const access = config?.access
      if (access === undefined) throw new Error(`${method} ${url} does not say who may call it`)
      return [method].flat().map((one) => ({ method: one, path: url, access }))
    })
}
