import type { Clock, Ids } from "../../core/index.ts"
import type { Changes, Store } from "../../store/store.ts"
import { createAudit } from "./audit.ts"
import type { Principal } from "./principal.ts"
import { createSessions } from "./sessions.ts"
import { createSignIn, type SignInWays } from "./sign-in.ts"
import { createThrottle } from "./throttle.ts"
import { createTokens, type Tokens } from "./tokens.ts"
import { createGate, createInTurn } from "./turns.ts"
import { createUsers, type Users } from "./users.ts"

/** Users, their sessions, and tokens: who may come in, and who has. */
export interface Accounts extends Users, SignInWays, Pick<Tokens, "addToken" | "removeToken"> {
  bySession(secret: string, from: string): Promise<Principal | undefined>
  byToken(secret: string): Promise<Principal | undefined>
  /** False once the session or token ended, or the user was disabled. */
  isOpen(principal: Principal): Promise<boolean>
  signOut(principal: Principal, from: string): Promise<void>
  /** Called with the hashes of the secrets of sessions and tokens that were ended here; returns the function that ends it. */
  onEnd(listener: (secretHashes: readonly string[]) => void): () => void
  /** Where the sessions that are in use were last used from. */
  operatorAddresses(): readonly string[]
}

// A stranger who fails on purpose keeps an account's owner out for as long as this, so it is short; guessing a password
// of twelve characters at one a minute takes longer than anybody has.
const account = { free: 4, longestWaitMs: 60_000 }
// Several people may share an address.
const address = { free: 10, longestWaitMs: 15 * 60_000 }
// Each password check keeps a core busy and takes 32 MiB; strangers may not have more of the machine than this.
const passwordChecks = { atOnce: 2, waiting: 20 }

export interface AccountDeps {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
}

export function createAccounts({ store, clock, ids }: AccountDeps): Accounts {
  const listeners = new Set<(secretHashes: readonly string[]) => void>()
  const record = async (changes: Changes, over: readonly string[] = []) => {
    await store.record(changes)
    const ended = [...(changes.removedSessions ?? []), ...over]
    if (ended.length > 0) for (const listener of listeners) listener(ended)
  }
  const audit = createAudit({ clock, ids })
  const accountThrottle = createThrottle(clock, account)
  const gate = createGate(passwordChecks)
  const inTurn = createInTurn()
  const sessions = createSessions({ store, clock, audit, record })
  const tokens = createTokens({ store, clock, ids, audit, record })

  return {
    ...createUsers({ store, clock, audit, sessions, throttle: accountThrottle, gate, inTurn, record }),
    ...createSignIn({
      store,
      clock,
      audit,
      sessions,
      accountThrottle,
      addressThrottle: createThrottle(clock, address),
      gate,
      inTurn,
      record,
    }),
    addToken: tokens.addToken,
    removeToken: tokens.removeToken,
    bySession: sessions.find,
    byToken: tokens.find,
    isOpen: ({ kind, secretHash }) => (kind === "user" ? sessions : tokens).isOpen(secretHash),
    signOut: ({ name, secretHash }, from) =>
      record({
        removedSessions: [secretHash],
        audit: [audit({ who: `user:${name}`, from }, "sign-out", `user:${name}`)],
      }),
    onEnd: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    operatorAddresses: sessions.operatorAddresses,
  }
}
