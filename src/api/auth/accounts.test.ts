import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createIds, createManualClock, type Role, type User } from "../../core/index.ts"
import { createSqliteStore, type Store } from "../../store/index.ts"
import { type Accounts, createAccounts } from "./accounts.ts"
import type { SignIn } from "./principal.ts"
import { hashOf, hashPassword } from "./secrets.ts"

const by = { who: "user:test", from: "192.0.2.1" }
const from = { from: "192.0.2.7" }
const password = "correct horse battery"
const hourMs = 3_600_000

let clock: ReturnType<typeof createManualClock>
let store: Store
let accounts: Accounts

beforeEach(async () => {
  clock = createManualClock(1_700_000_000_000)
  store = await createSqliteStore({ path: ":memory:" })
  accounts = createAccounts({ store, clock, ids: createIds(clock) })
})
afterEach(() => store.close())

async function addUser(name: string, role: Role = "admin", fields: Partial<User> = {}) {
  const passwordHash = await hashPassword(password, { N: 16, r: 1, p: 1 })
  const user = { name, role, passwordHash, mustChangePassword: false, createdAt: clock.now(), disabled: false }
  await store.record({ users: [{ ...user, ...fields }] })
}

function opened(result: SignIn) {
  if (result.kind !== "ok") throw new Error(`signed in: ${result.kind}`)
  return result
}

/** Accounts whose first read of a user and of a token is told only when `release` is called; what happens meanwhile is newer. */
function slowReader() {
  const { promise, resolve } = Promise.withResolvers<void>()
  let reads = 0
  const late = async <T>(read: Promise<T>): Promise<T> => {
    const value = await read
    if (reads++ === 0) await promise
    return value
  }
  const slow: Store = {
    ...store,
    user: (name) => late(store.user(name)),
    tokenBySecret: (hash) => late(store.tokenBySecret(hash)),
  }
  return { accounts: createAccounts({ store: slow, clock, ids: createIds(clock) }), release: resolve }
}

const signIn = async (name: string) => opened(await accounts.signIn(name, password, from))
const isIn = async ({ secret }: { readonly secret: string }) => (await accounts.bySession(secret, "x")) !== undefined
/** In alphabetical order: what is written in the same millisecond has none of its own. */
const actions = async () => (await store.audit({ limit: 1000 })).items.map(({ action }) => action).sort()

describe("the first start", () => {
  it("makes one administrator, whose password is in no row and no log", async () => {
    const [first, second] = await Promise.all([accounts.ensureAdministrator(), accounts.ensureAdministrator()])
    expect([first === undefined, second === undefined].sort()).toEqual([false, true])
    const oneTime = (first ?? second)?.oneTimePassword ?? ""
    const everything = JSON.stringify([await store.users(), (await store.audit({})).items])
    expect(everything).toContain("admin")
    expect(everything).not.toContain(oneTime)
    expect(opened(await accounts.signIn("admin", oneTime, from)).principal).toMatchObject({
      role: "admin",
      mustChangePassword: true,
    })
  })
})

describe("a session", () => {
  it("is known by a hash alone", async () => {
    await addUser("ada")
    const { secret } = await signIn("ada")
    expect(await store.session(secret)).toBeUndefined()
    expect((await store.session(hashOf(secret)))?.address).toBe("192.0.2.7")
    expect(await accounts.bySession(hashOf(secret), "x")).toBeUndefined()
  })

  it("ends an hour after its last use, and twelve hours after it began however much it is used", async () => {
    await addUser("ada")
    const idle = await signIn("ada")
    clock.advance(hourMs - 1)
    expect(await isIn(idle)).toBe(true)
    clock.advance(hourMs - 1)
    expect(await isIn(idle)).toBe(true)
    clock.advance(hourMs)
    expect(await isIn(idle)).toBe(false)
    const busy = await signIn("ada")
    for (let minutes = 0; minutes < 12 * 60 - 1; minutes += 30) {
      expect(await isIn(busy), `${minutes} min`).toBe(true)
      clock.advance(hourMs / 2)
    }
    expect(await isIn(busy)).toBe(false)
  })

  it("is not written again for each use, and does not come back when it ended meanwhile", async () => {
    await addUser("ada")
    const session = await signIn("ada")
    const before = await store.session(hashOf(session.secret))
    clock.advance(59_999)
    await isIn(session)
    expect(await store.session(hashOf(session.secret))).toEqual(before)
    clock.advance(hourMs / 2)
    const use = isIn(session)
    await accounts.signOut(session.principal, "x")
    await use
    expect(await store.session(hashOf(session.secret))).toBeUndefined()
  })

  it("ends the one that the browser had before, so that nobody can plant one", async () => {
    await addUser("ada")
    await addUser("mallory", "viewer")
    const planted = await signIn("mallory")
    const own = opened(await accounts.signIn("ada", password, { ...from, replaces: planted.secret }))
    expect(own.secret).not.toBe(planted.secret)
    expect(await isIn(planted)).toBe(false)
    expect(await accounts.bySession(own.secret, "x")).toMatchObject({ name: "ada" })
    const failed = await accounts.signIn("ada", "wrong password", { ...from, replaces: own.secret })
    expect([failed.kind, await isIn(own)]).toEqual(["wrong", true])
  })

  it("takes old ones with it: those that are over, and all but the newest twenty", async () => {
    await addUser("ada")
    const over = await signIn("ada")
    clock.advance(12 * hourMs)
    const first = await signIn("ada")
    expect(await store.session(hashOf(over.secret))).toBeUndefined()
    for (let more = 0; more < 20; more++) {
      clock.advance(1)
      await signIn("ada")
    }
    expect(await store.sessionsOf("ada")).toHaveLength(20)
    expect(await isIn(first)).toBe(false)
  })

  it("tells those who listen that it ended", async () => {
    await addUser("ada")
    await addUser("bob")
    const [one, two] = [await signIn("ada"), await signIn("ada")]
    const ended: string[] = []
    const stop = accounts.onEnd((hashes) => ended.push(...hashes))
    await accounts.signOut(one.principal, "x")
    expect(ended).toEqual([hashOf(one.secret)])
    await accounts.changeUser("ada", { disabled: true }, by)
    expect(ended).toEqual([hashOf(one.secret), hashOf(two.secret)])
    stop()
    await accounts.signOut((await signIn("bob")).principal, "x")
    expect(ended).toHaveLength(2)
  })

  it("protects the address that it was last used from, for half an hour", async () => {
    await addUser("ada")
    const session = await signIn("ada")
    await accounts.bySession(session.secret, "198.51.100.1")
    clock.advance(hourMs / 2)
    await accounts.bySession(session.secret, "198.51.100.2")
    expect(accounts.operatorAddresses()).toEqual(["198.51.100.1", "198.51.100.2"])
    clock.advance(1)
    expect(accounts.operatorAddresses()).toEqual(["198.51.100.2"])
    await accounts.bySession("not a session", "198.51.100.3")
    expect(accounts.operatorAddresses()).not.toContain("198.51.100.3")
  })
})

describe("guessing", () => {
  const guess = async (name: string, address = "192.0.2.9") => {
    const result = await accounts.signIn(name, "wrong password", { from: address })
    return result.kind === "wait" ? result.waitMs : result.kind
  }

  it("is slowed down for an account from wherever it comes, for a minute at most", async () => {
    await addUser("ada")
    const results: unknown[] = []
    for (let tries = 0; tries < 6; tries++) results.push(await guess("ada", `192.0.2.${tries}`))
    expect(results).toEqual(["wrong", "wrong", "wrong", "wrong", "wrong", 1000])
    for (let tries = 0; tries < 20; tries++) {
      const result = await guess("ada", `198.51.100.${tries}`)
      if (typeof result === "number") clock.advance(result)
    }
    clock.advance(60_000)
    expect((await accounts.signIn("ada", password, { from: "198.51.100.200" })).kind).toBe("ok")
    expect(await guess("ada", "198.51.100.201")).toBe("wrong")
  })

  it("many times at once is slowed down like one after the other", async () => {
    await addUser("ada")
    const results = await Promise.all(Array.from({ length: 10 }, () => guess("ada")))
    expect(results.filter((result) => result === "wrong")).toHaveLength(5)
    expect(results.filter((result) => result === 1000)).toHaveLength(5)
  })

  it("is slowed down for an address whatever the names, by its /64 when it is IPv6, and a success does not wash it clean", async () => {
    const names = ["ada", "bob", "cy", "dan", "eve", "flo", "gus", "hal", "ida", "jim", "kim"]
    for (const name of [...names, "own"]) await addUser(name)
    for (const [index, name] of names.entries()) {
      expect(await guess(name, `2001:db8::${index + 1}`), name).toBe("wrong")
      if (index === 4) expect((await accounts.signIn("own", password, { from: "2001:db8::99" })).kind).toBe("ok")
    }
    expect(await guess("ada", "2001:db8::ffff")).toBe(1000)
    expect(await guess("ada", "2001:db8:0:1::1")).toBe("wrong")
  })

  it("counts links that nobody made, and writes down what failed", async () => {
    await addUser("ada")
    for (let tries = 0; tries < 11; tries++)
      expect((await accounts.signInByLink("x".repeat(43), { from: "192.0.2.9" })).kind).toBe("wrong")
    expect(await accounts.signInByLink(accounts.createLink("ada"), { from: "192.0.2.9" })).toEqual({
      kind: "wait",
      waitMs: 1000,
    })
    clock.advance(1)
    await guess("ada", "192.0.2.10")
    const [failed] = (await store.audit({})).items
    expect(failed).toMatchObject({ who: "user:ada", from: "192.0.2.10", action: "sign-in failed", subject: "session" })
    expect(await actions()).toHaveLength(12)
  })

  it("leaves no trace of what was typed for a name that nobody has: it may be a password", async () => {
    expect(await guess("my secret password")).toBe("wrong")
    const { items } = await store.audit({})
    expect(items).toMatchObject([{ who: "nobody", action: "sign-in failed" }])
    expect(JSON.stringify(items)).not.toContain("my secret password")
  })

  it("of many at once is refused before it takes the machine", async () => {
    for (let user = 0; user < 60; user++) await addUser(`user${user}`)
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, user) => accounts.signIn(`user${user}`, password, { from: `192.0.2.${user}` })),
    )
    const kinds = results.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === "ok")).toHaveLength(22)
    expect(kinds.filter((kind) => kind === "wait")).toHaveLength(38)
  })

  it("gets nothing from a disabled account", async () => {
    await addUser("ada", "admin", { disabled: true })
    expect((await accounts.signIn("ada", password, from)).kind).toBe("wrong")
    expect((await accounts.signInByLink(accounts.createLink("ada"), from)).kind).toBe("wrong")
    expect((await accounts.signInByLink(accounts.createLink("nobody"), from)).kind).toBe("wrong")
  })
})

describe("a link", () => {
  it("signs in once, within ten minutes, without the one-time password", async () => {
    await addUser("ada", "analyst", { mustChangePassword: true })
    const link = accounts.createLink("ada")
    expect(opened(await accounts.signInByLink(link, from)).principal).toMatchObject({
      name: "ada",
      mustChangePassword: false,
    })
    expect((await accounts.signInByLink(link, from)).kind).toBe("wrong")
    const late = accounts.createLink("ada")
    clock.advance(600_000)
    expect((await accounts.signInByLink(late, from)).kind).toBe("wrong")
    expect(await actions()).toEqual(["sign-in by link", "sign-in failed", "sign-in failed"])
  })

  it("is one of a hundred: older ones end", async () => {
    await addUser("ada")
    const links = Array.from({ length: 101 }, () => accounts.createLink("ada"))
    expect((await accounts.signInByLink(links[0] ?? "", from)).kind).toBe("wrong")
    expect((await accounts.signInByLink(links[1] ?? "", from)).kind).toBe("ok")
  })
})

describe("a password", () => {
  it("is changed by who knows it, which ends the other sessions", async () => {
    await addUser("ada", "viewer", { mustChangePassword: true })
    const [mine, other] = [await signIn("ada"), await signIn("ada")]
    const change = (current: string, next: string) => accounts.changePassword(mine.principal, current, next, "x")
    expect(await change("wrong password", "another long password")).toEqual({ kind: "wrong" })
    expect(await change(password, password)).toEqual({ kind: "same" })
    expect(await isIn(other)).toBe(true)
    expect(await change(password, "another long password")).toEqual({ kind: "ok" })
    expect([await isIn(mine), await isIn(other)]).toEqual([true, false])
    expect(await accounts.bySession(mine.secret, "x")).toMatchObject({ mustChangePassword: false })
    expect((await accounts.signIn("ada", password, from)).kind).toBe("wrong")
    expect((await accounts.signIn("ada", "another long password", from)).kind).toBe("ok")
    expect(await actions()).toEqual([
      "password",
      "password not changed",
      "sign-in",
      "sign-in",
      "sign-in",
      "sign-in failed",
    ])
  })

  it("can't be guessed by who found a browser open", async () => {
    await addUser("ada")
    const { principal } = await signIn("ada")
    const results: string[] = []
    for (let tries = 0; tries < 6; tries++)
      results.push((await accounts.changePassword(principal, `guess ${tries}`, "another long password", "x")).kind)
    expect(results).toEqual(["wrong", "wrong", "wrong", "wrong", "wrong", "wait"])
  })

  it("is reset by an administrator to one that must be replaced", async () => {
    await addUser("ada", "viewer")
    const before = await signIn("ada")
    const { oneTimePassword } = await accounts.resetPassword("ada", by)
    expect(await isIn(before)).toBe(false)
    expect((await accounts.signIn("ada", password, from)).kind).toBe("wrong")
    expect(opened(await accounts.signIn("ada", oneTimePassword, from)).principal.mustChangePassword).toBe(true)
    await expect(accounts.resetPassword("nobody", by)).rejects.toMatchObject({ code: "THWART_NOT_FOUND" })
  })

  it("that was reset while the old one was being checked is the new one", async () => {
    await addUser("ada")
    const { principal } = await signIn("ada")
    const tries: readonly ((accounts: Accounts) => Promise<{ readonly kind: string }>)[] = [
      (slow) => slow.signIn("ada", password, from),
      (slow) => slow.changePassword(principal, password, "another long password", "x"),
    ]
    for (const attempt of tries) {
      await addUser("ada")
      const slow = slowReader()
      const result = attempt(slow.accounts)
      const { oneTimePassword } = await accounts.resetPassword("ada", by)
      slow.release()
      expect((await result).kind).toBe("wrong")
      expect((await accounts.signIn("ada", oneTimePassword, from)).kind).toBe("ok")
    }
  })

  it("that is being changed does not undo what an administrator does meanwhile", async () => {
    await addUser("root")
    await addUser("ada", "admin")
    const { principal } = await signIn("ada")
    const change = accounts.changePassword(principal, password, "another long password", "x")
    await accounts.changeUser("ada", { disabled: true, role: "viewer" }, by)
    await change
    expect(await store.user("ada")).toMatchObject({ disabled: true, role: "viewer" })
  })
})

describe("users", () => {
  it("keep an administrator among them, also when two go at once", async () => {
    await addUser("ada")
    await addUser("bob")
    const results = await Promise.allSettled([
      accounts.changeUser("ada", { role: "viewer" }, by),
      accounts.changeUser("bob", { disabled: true }, by),
    ])
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"])
    expect((await store.users()).filter(({ role, disabled }) => role === "admin" && !disabled)).toHaveLength(1)
  })

  it("are added once, and changed in what is asked for alone", async () => {
    await addUser("root")
    const { user, oneTimePassword } = await accounts.addUser("ada", "viewer", by)
    expect(user).toMatchObject({ name: "ada", role: "viewer", mustChangePassword: true })
    await expect(accounts.addUser("ada", "admin", by)).rejects.toMatchObject({ code: "THWART_USAGE" })
    clock.advance(1)
    await accounts.changeUser("ada", { role: "analyst" }, by)
    clock.advance(1)
    await accounts.changeUser("ada", {}, by)
    const [changed, added] = (await store.audit({})).items
    expect(changed).toMatchObject({
      ...by,
      action: "user",
      subject: "user:ada",
      before: { role: "viewer", disabled: false },
      after: { role: "analyst", disabled: false },
    })
    expect(added).toMatchObject({ ...by, action: "user", before: null, after: { role: "viewer", disabled: false } })
    expect(await actions()).toHaveLength(2)
    expect(JSON.stringify([changed, added])).not.toContain(oneTimePassword)
    await expect(accounts.changeUser("nobody", {}, by)).rejects.toMatchObject({ code: "THWART_NOT_FOUND" })
  })
})

describe("a token", () => {
  it("is known by a hash, has its end, and tells when it was last used, by the minute", async () => {
    const end = clock.now() + hourMs
    const { token, secret } = await accounts.addToken({ name: "grafana", role: "viewer", expiresAt: end }, by)
    expect(JSON.stringify([await store.tokens(), (await store.audit({})).items])).not.toContain(secret)
    const used = async () => (await store.tokens())[0]?.lastUsedAt
    expect(await used()).toBeNull()
    const first = clock.now()
    expect(await accounts.byToken(secret)).toMatchObject({ name: "grafana", kind: "token", role: "viewer" })
    clock.advance(59_999)
    await accounts.byToken(secret)
    expect(await used()).toBe(first)
    clock.advance(1)
    await accounts.byToken(secret)
    expect(await used()).toBe(clock.now())
    clock.set(end)
    expect(await accounts.byToken(secret)).toBeUndefined()
    await accounts.removeToken(token.id, by)
    expect(await actions()).toEqual(["token", "token revoked"])
  })

  it("that is used while it is revoked stays revoked", async () => {
    const { token, secret } = await accounts.addToken({ name: "t", role: "admin", expiresAt: null }, by)
    const ended: string[] = []
    accounts.onEnd((hashes) => ended.push(...hashes))
    const principal = await accounts.byToken(secret)
    clock.advance(hourMs)
    const slow = slowReader()
    const use = slow.accounts.byToken(secret)
    await accounts.removeToken(token.id, by)
    slow.release()
    await use
    expect(await store.tokens()).toEqual([])
    expect(ended).toEqual([hashOf(secret)])
    expect(principal === undefined || (await accounts.isOpen(principal))).toBe(false)
    await expect(accounts.removeToken(token.id, by)).rejects.toMatchObject({ code: "THWART_NOT_FOUND" })
  })

  it("with its end in the past is not made", async () => {
    const request = { name: "t", role: "viewer", expiresAt: clock.now() } as const
    await expect(accounts.addToken(request, by)).rejects.toMatchObject({ code: "THWART_USAGE" })
  })
})
