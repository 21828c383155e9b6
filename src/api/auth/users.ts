import { type Clock, type Role, ThwartError, type User } from "../../core/index.ts"
import type { Changes, Store } from "../../store/store.ts"
import type { Audit } from "./audit.ts"
import type { Actor, PasswordChange, Principal } from "./principal.ts"
import { hashPassword, isPassword, newOneTimePassword } from "./secrets.ts"
import type { Sessions } from "./sessions.ts"
import type { Throttle } from "./throttle.ts"
import type { createGate, InTurn } from "./turns.ts"

// More than anybody looks after.
const maxUsers = 1000

export interface UserChange {
  readonly role?: Role | undefined
  readonly disabled?: boolean | undefined
}

export interface NewUser {
  readonly user: User
  /** Told here and never again. */
  readonly oneTimePassword: string
}

export interface Users {
  /** Makes the administrator of a new store. */
  ensureAdministrator(): Promise<{ readonly name: string; readonly oneTimePassword: string } | undefined>
  addUser(name: string, role: Role, by: Actor): Promise<NewUser>
  /** A disabled user is signed out everywhere. */
  changeUser(name: string, change: UserChange, by: Actor): Promise<User>
  /** A new one-time password for somebody who forgot theirs, who is signed out everywhere. */
  resetPassword(name: string, by: Actor): Promise<NewUser>
  /** Ends the other sessions of whoever asks. */
  changePassword(principal: Principal, current: string, next: string, from: string): Promise<PasswordChange>
}

export interface UserDeps {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  readonly sessions: Sessions
  readonly throttle: Throttle
  readonly gate: ReturnType<typeof createGate>
  /** What reads a user to write it back takes its turn: otherwise the later one of two undoes the other. */
  readonly inTurn: InTurn
  readonly record: (changes: Changes) => Promise<void>
}

export function createUsers({ store, clock, audit, sessions, throttle, gate, inTurn, record }: UserDeps): Users {
  const find = async (name: string) => {
    const user = await store.user(name)
    if (user === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no user "${name}"`)
    return user
  }
  const oneTime = async () => {
    const oneTimePassword = newOneTimePassword()
    return { oneTimePassword, passwordHash: await hashPassword(oneTimePassword) }
  }
  const add = async (name: string, role: Role, by: Actor): Promise<NewUser> => {
    const { oneTimePassword, passwordHash } = await oneTime()
    const user = { name, role, passwordHash, mustChangePassword: true, createdAt: clock.now(), disabled: false }
    await record({ users: [user], audit: [audit(by, "user", `user:${name}`, null, { role, disabled: false })] })
    return { user, oneTimePassword }
  }
  const keepAnAdministrator = async (after: User) => {
    if (after.role === "admin" && !after.disabled) return
    const others = (await store.users()).filter(
      ({ name, role, disabled }) => role === "admin" && !disabled && name !== after.name,
    )
    if (others.length === 0)
      throw new ThwartError("THWART_USAGE", `"${after.name}" is the last administrator; make another one first`)
  }

  return {
    ensureAdministrator: () =>
      inTurn(async () => {
        if ((await store.users()).length > 0) return undefined
        const { user, oneTimePassword } = await add("admin", "admin", { who: "system", from: null })
        return { name: user.name, oneTimePassword }
      }),

    addUser: (name, role, by) =>
      inTurn(async () => {
        const users = await store.users()
        if (users.some((user) => user.name === name))
          throw new ThwartError("THWART_USAGE", `there is a user "${name}" already`)
        if (users.length >= maxUsers) throw new ThwartError("THWART_USAGE", `there are ${maxUsers} users already`)
        return add(name, role, by)
      }),

    changeUser: (name, change, by) =>
      inTurn(async () => {
        const before = await find(name)
        const after: User = {
          ...before,
          role: change.role ?? before.role,
          disabled: change.disabled ?? before.disabled,
        }
        if (after.role === before.role && after.disabled === before.disabled) return before
        await keepAnAdministrator(after)
        await record({
          users: [after],
          removedSessions: after.disabled ? await sessions.othersOf(name) : [],
          audit: [audit(by, "user", `user:${name}`, shown(before), shown(after))],
        })
        return after
      }),

    resetPassword: (name, by) =>
      inTurn(async () => {
        const { oneTimePassword, passwordHash } = await oneTime()
        const user = { ...(await find(name)), passwordHash, mustChangePassword: true }
        await record({
          users: [user],
          removedSessions: await sessions.othersOf(name),
          audit: [audit(by, "password reset", `user:${name}`)],
        })
        throttle.forget(accountKey(name))
        return { user, oneTimePassword }
      }),

    changePassword: async ({ name, secretHash }, current, next, from) => {
      const waitMs = throttle.waitMs(accountKey(name))
      if (waitMs > 0) return { kind: "wait", waitMs }
      throttle.failed(accountKey(name))
      const { passwordHash } = await find(name)
      const right = await gate(() => isPassword(current, passwordHash))
      if (right === undefined) return { kind: "wait", waitMs: 1000 }
      if (!right) {
        await record({ audit: [audit({ who: `user:${name}`, from }, "password not changed", `user:${name}`)] })
        return { kind: "wrong" }
      }
      throttle.forget(accountKey(name))
      if (next === current) return { kind: "same" }
      const nextHash = await hashPassword(next)
      return inTurn(async () => {
        const user = await find(name)
        // It was changed or reset while this one was being checked.
        if (user.passwordHash !== passwordHash) return { kind: "wrong" }
        await record({
          users: [{ ...user, passwordHash: nextHash, mustChangePassword: false }],
          removedSessions: await sessions.othersOf(name, secretHash),
          audit: [audit({ who: `user:${name}`, from }, "password", `user:${name}`)],
        })
        return { kind: "ok" }
      })
    },
  }
}

export const accountKey = (name: string) => `account ${name}`

/** What the audit log may know of a user. */
function shown({ role, disabled }: User) {
  return { role, disabled }
}
