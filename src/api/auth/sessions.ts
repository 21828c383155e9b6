import type { Clock, Millis, Session, User } from "../../core/index.ts"
import type { Changes, Store } from "../../store/store.ts"
import type { Audit } from "./audit.ts"
import type { Principal } from "./principal.ts"
import { hashOf, newSecret } from "./secrets.ts"

const longestMs = 12 * 3_600_000
// A browser that was left open is signed out after this long without a request.
const idleMs = 3_600_000
// Use is written down this often at most, so that a read is not a write each time.
const useStepMs = 60_000
// One person's browsers; the oldest go, so that signing in in a loop does not fill the store.
const maxSessions = 20
// Who was here in the last while has the address protected that the last request came from.
const operatorMs = 30 * 60_000
const maxOperators = 1000

export interface Sessions {
  /** A new session; what it replaces, what is over and what is too many goes in the same change. */
  open(
    user: User,
    how: { readonly from: string; readonly byLink: boolean; readonly replaces: string | undefined },
  ): Promise<{ readonly secret: string; readonly principal: Principal }>
  find(secret: string, from: string): Promise<Principal | undefined>
  isOpen(secretHash: string): Promise<boolean>
  /** The hashes of a user's sessions, without one. */
  othersOf(user: string, except?: string): Promise<readonly string[]>
  operatorAddresses(): readonly string[]
}

export interface SessionDeps {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  /** Writes, and tells those who listen which sessions are over. */
  readonly record: (changes: Changes) => Promise<void>
}

export function createSessions({ store, clock, audit, record }: SessionDeps): Sessions {
  const operators = new Map<string, Millis>()
  const seen = (address: string) => {
    operators.delete(address)
    operators.set(address, clock.now())
    if (operators.size > maxOperators) operators.delete(operators.keys().next().value ?? address)
  }
  const endOf = (createdAt: Millis) => Math.min(createdAt + longestMs, clock.now() + idleMs)
  const openOne = async (secretHash: string) => {
    const session = await store.session(secretHash)
    if (session === undefined || session.expiresAt <= clock.now()) return undefined
    const user = await store.user(session.user)
    return user === undefined || user.disabled ? undefined : { session, user }
  }

  return {
    open: async (user, { from, byLink, replaces }) => {
      const secret = newSecret()
      const now = clock.now()
      const session: Session = {
        secretHash: hashOf(secret),
        user: user.name,
        createdAt: now,
        expiresAt: endOf(now),
        address: from,
        byLink,
      }
      const action = byLink ? "sign-in by link" : "sign-in"
      await record({
        sessions: [session],
        removedSessions: [
          ...(replaces === undefined ? [] : [hashOf(replaces)]),
          ...superfluous(await store.sessionsOf(user.name), now),
        ],
        audit: [audit({ who: `user:${user.name}`, from }, action, `user:${user.name}`)],
      })
      return { secret, principal: principalOf(user, session) }
    },

    find: async (secret, from) => {
      const found = await openOne(hashOf(secret))
      if (found === undefined) return undefined
      seen(from)
      const expiresAt = endOf(found.session.createdAt)
      const session = { ...found.session, expiresAt }
      if (expiresAt - found.session.expiresAt >= useStepMs) await store.record({ usedSessions: [session] })
      return principalOf(found.user, session)
    },

    isOpen: async (secretHash) => (await openOne(secretHash)) !== undefined,

    othersOf: async (user, except) =>
      (await store.sessionsOf(user)).map(({ secretHash }) => secretHash).filter((hash) => hash !== except),

    operatorAddresses: () => {
      for (const [address, at] of operators) if (at < clock.now() - operatorMs) operators.delete(address)
      return [...operators.keys()]
    },
  }
}

function superfluous(sessions: readonly Session[], now: Millis): readonly string[] {
  const newestFirst = [...sessions].sort((one, other) => other.createdAt - one.createdAt)
  return newestFirst
    .filter(({ expiresAt }, index) => expiresAt <= now || index >= maxSessions - 1)
    .map(({ secretHash }) => secretHash)
}

function principalOf(user: User, { secretHash, expiresAt, byLink }: Session): Principal {
  return {
    name: user.name,
    kind: "user",
    role: user.role,
    mustChangePassword: user.mustChangePassword && !byLink,
    expiresAt,
    secretHash,
  }
}
