import {
  type ApiToken,
  type AuditEntry,
  type Clock,
  type Ids,
  type Millis,
  type Role,
  type Session,
  ThwartError,
  type User,
} from "../../core/index.ts"
import type { Store } from "../../store/store.ts"
import { hashOf, hashPassword, isPassword, newSecret } from "./secrets.ts"
import { createThrottle } from "./throttle.ts"

/** Who asks. */
export interface Principal {
  readonly name: string
  readonly kind: "user" | "token"
  readonly role: Role
  readonly mustChangePassword: boolean
  readonly expiresAt: Millis | null
  /** For sessions, what the store knows them by. */
  readonly secretHash: string
}

export type SignIn =
  | { readonly kind: "ok"; readonly secret: string; readonly principal: Principal }
  | { readonly kind: "wrong" }
  | { readonly kind: "wait"; readonly waitMs: Millis }

export interface Accounts {
  /** Makes the administrator of a new store; its one-time password is told here and never again. */
  ensureAdministrator(): Promise<{ readonly name: string; readonly oneTimePassword: string } | undefined>
  signIn(name: string, password: string, from: string): Promise<SignIn>
  /** A link's secret, good for one sign-in within ten minutes. */
  createLink(name: string): string
  signInByLink(secret: string, from: string): Promise<SignIn>
  bySession(secret: string): Promise<Principal | undefined>
  byToken(secret: string): Promise<Principal | undefined>
  /** False once the session was ended or its user disabled. */
  isOpen(principal: Principal): Promise<boolean>
  signOut(principal: Principal, from: string): Promise<void>
  changePassword(principal: Principal, current: string, next: string, from: string): Promise<boolean>
  addUser(name: string, role: Role, by: Actor): Promise<{ readonly user: User; readonly oneTimePassword: string }>
  changeUser(
    name: string,
    change: { readonly role?: Role | undefined; readonly disabled?: boolean | undefined },
    by: Actor,
  ): Promise<User>
  addToken(
    request: { readonly name: string; readonly role: Role; readonly expiresAt: Millis | null },
    by: Actor,
  ): Promise<{ readonly token: ApiToken; readonly secret: string }>
  removeToken(id: string, by: Actor): Promise<void>
  /** Where the sessions that are in use came from. */
  operatorAddresses(): readonly string[]
}

export interface Actor {
  readonly who: string
  readonly from: string | null
}

const sessionMs = 12 * 3_600_000
const linkMs = 10 * 60_000
const maxLinks = 100
// Sessions that were used in the last while protect the address that they came from.
const operatorMs = 30 * 60_000
const lastUsedStepMs = 60_000

export function createAccounts({
  store,
  clock,
  ids,
}: {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
}): Accounts {
  const throttle = createThrottle(clock)
  const links = new Map<string, { readonly name: string; readonly expiresAt: Millis }>()
  const operators = new Map<string, Millis>()

  const audit = (by: Actor, action: string, subject: string, before: unknown, after: unknown): AuditEntry => ({
    id: ids.other("aud"),
    at: clock.now(),
    ...by,
    action,
    subject,
    before,
    after,
  })
  const principalOf = (user: User, { secretHash, expiresAt, byLink }: Session): Principal => ({
    name: user.name,
    kind: "user",
    role: user.role,
    mustChangePassword: user.mustChangePassword && !byLink,
    expiresAt,
    secretHash,
  })

  const open = async (user: User, from: string, byLink: boolean): Promise<SignIn> => {
    const secret = newSecret()
    const session = {
      secretHash: hashOf(secret),
      user: user.name,
      createdAt: clock.now(),
      expiresAt: clock.now() + sessionMs,
      address: from,
      byLink,
    }
    await store.record({
      sessions: [session],
      audit: [
        audit(
          { who: `user:${user.name}`, from },
          byLink ? "sign-in by link" : "sign-in",
          `user:${user.name}`,
          null,
          null,
        ),
      ],
    })
    return { kind: "ok", secret, principal: principalOf(user, session) }
  }
  const newUser = async (name: string, role: Role) => {
    const oneTimePassword = newSecret().slice(0, 20)
    const user: User = {
      name,
      role,
      passwordHash: await hashPassword(oneTimePassword),
      mustChangePassword: true,
      createdAt: clock.now(),
      disabled: false,
    }
    return { user, oneTimePassword }
  }
  const find = async (name: string) => {
    const user = await store.user(name)
    if (user === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no user "${name}"`)
    return user
  }

  return {
    ensureAdministrator: async () => {
      if ((await store.users()).length > 0) return undefined
      const { user, oneTimePassword } = await newUser("admin", "admin")
      await store.record({
        users: [user],
        audit: [audit({ who: "system", from: null }, "user", "user:admin", null, { role: "admin" })],
      })
      return { name: user.name, oneTimePassword }
    },

    signIn: async (name, password, from) => {
      const keys = [`account ${name}`, `address ${from}`]
      const waitMs = Math.max(...keys.map((key) => throttle.waitMs(key)))
      if (waitMs > 0) return { kind: "wait", waitMs }
      // Counted before the slow part, so that many at once are not all the first.
      for (const key of keys) throttle.failed(key)
      const user = await store.user(name)
      if (!(await isPassword(password, user?.passwordHash)) || user === undefined || user.disabled) {
        await store.record({
          audit: [audit({ who: `user:${name.slice(0, 100)}`, from }, "sign-in failed", "session", null, null)],
        })
        return { kind: "wrong" }
      }
      for (const key of keys) throttle.succeeded(key)
      return open(user, from, false)
    },

    createLink: (name) => {
      const secret = newSecret()
      links.set(hashOf(secret), { name, expiresAt: clock.now() + linkMs })
      if (links.size > maxLinks) links.delete(links.keys().next().value ?? "")
      return secret
    },

    signInByLink: async (secret, from) => {
      const link = links.get(hashOf(secret))
      links.delete(hashOf(secret))
      const user = link === undefined || link.expiresAt <= clock.now() ? undefined : await store.user(link.name)
      if (user === undefined || user.disabled) return { kind: "wrong" }
      return open(user, from, true)
    },

    bySession: async (secret) => {
      const session = await store.session(hashOf(secret))
      if (session === undefined || session.expiresAt <= clock.now()) return undefined
      const user = await store.user(session.user)
      if (user === undefined || user.disabled) return undefined
      operators.set(session.address, clock.now())
      return principalOf(user, session)
    },

    byToken: async (secret) => {
      const token = await store.tokenBySecret(hashOf(secret))
      if (token === undefined || (token.expiresAt !== null && token.expiresAt <= clock.now())) return undefined
      if (clock.now() - (token.lastUsedAt ?? 0) > lastUsedStepMs)
        await store.record({ tokens: [{ ...token, lastUsedAt: clock.now() }] })
      return {
        name: token.name,
        kind: "token",
        role: token.role,
        mustChangePassword: false,
        expiresAt: token.expiresAt,
        secretHash: token.secretHash,
      }
    },

    isOpen: async ({ secretHash, name }) => {
      const [session, user] = await Promise.all([store.session(secretHash), store.user(name)])
      return session !== undefined && session.expiresAt > clock.now() && user?.disabled === false
    },

    signOut: async ({ name, secretHash }, from) => {
      await store.record({
        removedSessions: [secretHash],
        audit: [audit({ who: `user:${name}`, from }, "sign-out", `user:${name}`, null, null)],
      })
    },

    changePassword: async ({ name, secretHash }, current, next, from) => {
      const user = await find(name)
      if (throttle.waitMs(`password ${name}`) > 0) return false
      if (!(await isPassword(current, user.passwordHash))) {
        throttle.failed(`password ${name}`)
        return false
      }
      const others = (await store.sessionsOf(name))
        .filter((session) => session.secretHash !== secretHash)
        .map((session) => session.secretHash)
      await store.record({
        users: [{ ...user, passwordHash: await hashPassword(next), mustChangePassword: false }],
        removedSessions: others,
        audit: [audit({ who: `user:${name}`, from }, "password", `user:${name}`, null, null)],
      })
      return true
    },

    addUser: async (name, role, by) => {
      if ((await store.user(name)) !== undefined)
        throw new ThwartError("THWART_USAGE", `there is a user "${name}" already`)
      const made = await newUser(name, role)
      await store.record({ users: [made.user], audit: [audit(by, "user", `user:${name}`, null, { role })] })
      return made
    },

    changeUser: async (name, change, by) => {
      const before = await find(name)
      const after: User = { ...before, role: change.role ?? before.role, disabled: change.disabled ?? before.disabled }
      const admins = (await store.users()).filter(
        (user) => user.role === "admin" && !user.disabled && user.name !== name,
      )
      if (admins.length === 0 && (after.role !== "admin" || after.disabled))
        throw new ThwartError("THWART_USAGE", `"${name}" is the last administrator; make another one first`)
      const removedSessions = after.disabled ? (await store.sessionsOf(name)).map(({ secretHash }) => secretHash) : []
      const shown = ({ role, disabled }: User) => ({ role, disabled })
      await store.record({
        users: [after],
        removedSessions,
        audit: [audit(by, "user", `user:${name}`, shown(before), shown(after))],
      })
      return after
    },

    addToken: async ({ name, role, expiresAt }, by) => {
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
      await store.record({
        tokens: [token],
        audit: [audit(by, "token", `token:${token.id}`, null, { name, role, expiresAt })],
      })
      return { token, secret }
    },

    removeToken: async (id, by) => {
      const token = (await store.tokens()).find((one) => one.id === id)
      if (token === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no token "${id}"`)
      await store.record({
        removedTokens: [id],
        audit: [audit(by, "token revoked", `token:${id}`, { name: token.name, role: token.role }, null)],
      })
    },

    operatorAddresses: () => {
      for (const [address, at] of operators) if (at < clock.now() - operatorMs) operators.delete(address)
      return [...operators.keys()]
    },
  }
}
