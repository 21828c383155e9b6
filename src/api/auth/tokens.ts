import { type ApiToken, type Clock, type Ids, type Millis, type Role, ThwartError } from "../../core/index.ts"
import type { Changes, Store } from "../../store/store.ts"
import type { Audit } from "./audit.ts"
import type { Actor, Principal } from "./principal.ts"
import { hashOf, newSecret } from "./secrets.ts"

// Use is written down this often at most, so that a read is not a write each time.
const useStepMs = 60_000
// More than anybody looks after.
const maxTokens = 1000

export interface NewToken {
  readonly name: string
  readonly role: Role
  readonly expiresAt: Millis | null
}

export interface Tokens {
  addToken(request: NewToken, by: Actor): Promise<{ readonly token: ApiToken; readonly secret: string }>
  removeToken(id: string, by: Actor): Promise<void>
  find(secret: string): Promise<Principal | undefined>
  isOpen(secretHash: string): Promise<boolean>
}

export interface TokenDeps {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly audit: Audit
  /** Writes, and tells those who listen which tokens are over. */
  readonly record: (changes: Changes, over?: readonly string[]) => Promise<void>
}

export function createTokens({ store, clock, ids, audit, record }: TokenDeps): Tokens {
  const isOver = ({ expiresAt }: ApiToken) => expiresAt !== null && expiresAt <= clock.now()
  const openOne = async (secretHash: string) => {
    const token = await store.tokenBySecret(secretHash)
    return token === undefined || isOver(token) ? undefined : token
  }

  return {
    addToken: async ({ name, role, expiresAt }, by) => {
      if (expiresAt !== null && expiresAt <= clock.now())
        throw new ThwartError("THWART_USAGE", `a token that ended at ${new Date(expiresAt).toISOString()} is of no use`)
      if ((await store.tokens()).length >= maxTokens)
        throw new ThwartError("THWART_USAGE", `there are ${maxTokens} tokens; revoke those that nobody uses`)
      const secret = newSecret("thw_")
      const token: ApiToken = {
        id: ids.other("tok"),
        name,
        secretHash: hashOf(secret),
        role,
        createdBy: by.who,
        createdAt: clock.now(),
        expiresAt,
        lastUsedAt: null,
      }
      await record({
        tokens: [token],
        audit: [audit(by, "token", `token:${token.id}`, null, { name, role, expiresAt })],
      })
      return { token, secret }
    },

    removeToken: async (id, by) => {
      const token = (await store.tokens()).find((one) => one.id === id)
      if (token === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no token "${id}"`)
      const { name, role, expiresAt } = token
      await record(
        {
          removedTokens: [id],
          audit: [audit(by, "token revoked", `token:${id}`, { name, role, expiresAt })],
        },
        [token.secretHash],
      )
    },

    find: async (secret) => {
      const token = await openOne(hashOf(secret))
      if (token === undefined) return undefined
      const now = clock.now()
      if (now - (token.lastUsedAt ?? 0) >= useStepMs)
        await store.record({ usedTokens: [{ ...token, lastUsedAt: now }] })
      const { name, role, expiresAt, secretHash } = token
      return { name, kind: "token", role, mustChangePassword: false, expiresAt, secretHash }
    },

    isOpen: async (secretHash) => (await openOne(secretHash)) !== undefined,
  }
}
