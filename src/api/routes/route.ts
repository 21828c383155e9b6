import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify"
import type { ZodTypeProvider } from "fastify-type-provider-zod"
import type { Principal } from "../auth/principal.ts"
import { Refusal } from "../errors.ts"
import type { ApiDeps } from "../services.ts"

/** The server with zod schemas as types. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** A group of routes; one a file. */
export type Routes = (app: App, deps: ApiDeps) => void

/** Whoever asks, on routes that are not public: `authenticate` let nobody else pass. */
export function principalOf({ principal }: Pick<FastifyRequest, "principal">): Principal {
  if (principal === undefined) throw new Refusal(401, "UNAUTHENTICATED", "sign in first")
  return principal
}

/** A page as the contract has it. */
export function shownPage<T>({ items, next }: { readonly items: readonly T[]; readonly next: string | undefined }) {
  return { items: [...items], next: next ?? null }
}
