import type { Clock, Millis, User } from "../../core/index.ts"
import type { Changes, Store } from "../../store/store.ts"
import type { Audit } from "./audit.ts"
import { networkOf } from "./network.ts"
import type { SignIn } from "./principal.ts"
import { hashOf, isPassword, newSecret } from "./secrets.ts"
import type { Sessions } from "./sessions.ts"
import type { Throttle } from "./throttle.ts"
import type { createGate, InTurn } from "./turns.ts"
import { accountKey } from "./users.ts"

const linkMs = 10 * 60_000
// Links are made on the machine itself, one at a time.
const maxLinks = 100
// What comes when too many passwords are being checked at once.
const busyMs = 1000

export interface SignInFrom {
  readonly from: string
  /** The secret of the session that the browser has so far: it ends, so that nobody can plant one. */
  readonly replaces?: string | undefined
}

export interface SignInWays {
  signIn(name: string, password: string, how: SignInFrom): Promise<SignIn>
  /** A link's secret, good for one sign-in within ten minutes. */
  createLink(name: string): string
  signInByLink(secret: string, how: SignInFrom): Promise<SignIn>
}

export interface SignInDeps {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  readonly sessions: Sessions
  readonly accountThrottle: Throttle
  readonly addressThrottle: Throttle
  readonly gate: ReturnType<typeof createGate>
  readonly inTurn: InTurn
  readonly record: (changes: Changes) => Promise<void>
}

export function createSignIn(deps: SignInDeps): SignInWays {
  const { store, clock, audit, sessions, accountThrottle, addressThrottle, gate, inTurn, record } = deps
  const links = new Map<string, { readonly name: string; readonly expiresAt: Millis }>()

  const wrong = async (who: string, from: string): Promise<SignIn> => {
    await record({ audit: [audit({ who, from }, "sign-in failed", "session")] })
    return { kind: "wrong" }
  }
  const open = async (user: User, byLink: boolean, { from, replaces }: SignInFrom): Promise<SignIn> => ({
    kind: "ok",
    ...(await sessions.open(user, { from, byLink, replaces })),
  })

  return {
    signIn: async (name, password, how) => {
      const account = accountKey(name)
      const address = networkOf(how.from)
      const waitMs = Math.max(accountThrottle.waitMs(account), addressThrottle.waitMs(address))
      if (waitMs > 0) return { kind: "wait", waitMs }
      // Counted before the slow part, so that many at once are not all the first.
      accountThrottle.failed(account)
      addressThrottle.failed(address)
      const asked = await store.user(name)
      const right = await gate(() => isPassword(password, asked?.passwordHash))
      if (right === undefined) return { kind: "wait", waitMs: busyMs }
      // What is typed for a name may be a password in the wrong field: it is written down only where it is a name.
      if (!right) return wrong(asked === undefined ? "nobody" : `user:${name}`, how.from)
      return inTurn(async () => {
        const user = await store.user(name)
        // Disabled, or the password changed, while this one was being checked.
        if (user === undefined || user.disabled || user.passwordHash !== asked?.passwordHash)
          return wrong(`user:${name}`, how.from)
        accountThrottle.forget(account)
        addressThrottle.succeeded(address)
        return open(user, false, how)
      })
    },

    createLink: (name) => {
      const secret = newSecret()
      links.set(hashOf(secret), { name, expiresAt: clock.now() + linkMs })
      if (links.size > maxLinks) links.delete(links.keys().next().value ?? "")
      return secret
    },

    signInByLink: async (secret, how) => {
      const address = networkOf(how.from)
      const waitMs = addressThrottle.waitMs(address)
      if (waitMs > 0) return { kind: "wait", waitMs }
      const link = links.get(hashOf(secret))
      links.delete(hashOf(secret))
      const user = link === undefined || link.expiresAt <= clock.now() ? undefined : await store.user(link.name)
      if (user !== undefined && !user.disabled) return open(user, true, how)
      addressThrottle.failed(address)
      return wrong("nobody", how.from)
    },
  }
}
