import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createIds, createManualClock, type Delivery, type Incident } from "../core/index.ts"
import { createSqliteStore, type Store } from "../store/index.ts"
import { notificationsConfig } from "./config.ts"
import { createNotifications, type Notifications } from "./notifications.ts"
import { type Answer, startSink } from "./testing/http-sink.ts"
import { countermeasureOf, incidentOf, start } from "./testing/samples.ts"

const ada = { who: "user:ada", from: "192.0.2.7" }
const secretPart = "B00000000/xoxb-very-secret"
let folder: string
let cleanUp: (() => Promise<unknown>)[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "thwart-notify-"))
})
afterEach(async () => {
  for (const task of cleanUp.reverse()) await task()
  cleanUp = []
  rmSync(folder, { recursive: true, force: true })
})

type Sink = Awaited<ReturnType<typeof startSink>>

async function sinkThat(answer?: (text: string, index: number) => Answer | "hang up"): Promise<Sink> {
  const sink = await startSink(answer === undefined ? undefined : ({ text }, index) => answer(text, index))
  cleanUp.push(sink.close)
  return sink
}

/** A store in a file with a target of the kind `webhook`, as it is after a start. */
async function open(
  url: string,
  target: object = {},
  { clock = createManualClock(start), errors = [] as unknown[], inner = (store: Store) => store } = {},
) {
  const store = inner(await createSqliteStore({ path: join(folder, "thwart.db") }))
  const soc = { name: "soc", kind: "webhook", url: { env: "URL" }, minSeverity: "low", maxPerMinute: 600, ...target }
  const notifications = createNotifications(
    {
      store,
      clock,
      ids: createIds(clock),
      env: { URL: `${url}/${secretPart}` },
      readFile: () => "",
      fetch,
      random: () => 1,
      onError: (error) => errors.push(error),
    },
    notificationsConfig.parse({ publicUrl: "https://thwart.example.com/", targets: [soc] }),
    { backoff: { firstMs: 10, lastMs: 40 } },
  )
  const telling = notifications.telling(store)
  await notifications.start()
  const close = async () => {
    await notifications.stop()
    await store.close()
  }
  cleanUp.push(close)
  return {
    store,
    telling,
    notifications,
    clock,
    errors,
    close,
    told: (incident: Incident) => telling.record({ incidents: [incident] }),
  }
}

const all = async (store: Store) => (await store.deliveries({ limit: 1000 })).items.toReversed()
const bodies = (sink: Sink) => sink.received.map(({ text }) => JSON.parse(text))

/** Resolves when no delivery waits, as the store has it. */
async function settled(store: Store, clock?: { advance(byMs: number): void }): Promise<readonly Delivery[]> {
  for (;;) {
    const found = await all(store)
    if (found.length > 0 && found.every(({ state }) => state !== "pending")) return found
    clock?.advance(5)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe("notifications", () => {
  it("are stored with what they tell of, then sent, with a link, and noted as delivered", async () => {
    const sink = await sinkThat()
    const { store, told, notifications } = await open(sink.url)
    await told(incidentOf("a", 1))
    expect((await all(store)).map(({ notice }) => notice.kind)).toEqual(["incident-opened"])
    const [delivery] = await settled(store)
    expect(delivery).toMatchObject({ target: "soc", state: "delivered", attempts: 1, reason: null })
    expect(sink.received.map(({ headers }) => headers["webhook-id"])).toEqual([delivery?.id])
    expect(bodies(sink)[0].data.url).toBe("https://thwart.example.com/incidents/inc_a")
    expect(notifications.targets()).toMatchObject([{ name: "soc", state: "ok", delivered: 1, pending: 0 }])
  })

  it("are none when the change is not stored", async () => {
    const sink = await sinkThat()
    const broken = (store: Store): Store => ({
      ...store,
      record: async (changes) => {
        if (changes.incidents !== undefined) throw new Error("the disk is full")
        await store.record(changes)
      },
    })
    const { store, told } = await open(sink.url, {}, { inner: broken })
    await expect(told(incidentOf("a", 1))).rejects.toThrow("the disk is full")
    expect(await all(store)).toEqual([])
    expect(sink.received).toEqual([])
  })

  it("are tried again, with the same id, until they are delivered", async () => {
    const sink = await sinkThat((_, index) => (index < 3 ? { status: 503, text: "later" } : { status: 200 }))
    const { store, told, clock } = await open(sink.url)
    await told(incidentOf("a", 1))
    expect(await settled(store, clock)).toMatchObject([{ state: "delivered", attempts: 4, reason: null }])
    expect(sink.received).toHaveLength(4)
    expect(new Set(sink.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1)
  })

  it("are given up in the end, and at once where trying again changes nothing, with the reason", async () => {
    const sink = await sinkThat((text) => ({ status: text.includes("inc_a") ? 503 : 403, text: `no ${secretPart}` }))
    const { store, told, clock, notifications } = await open(sink.url, { giveUpAfter: "1s" })
    await told(incidentOf("a", 1))
    await told(incidentOf("b", 1))
    const [later, never] = await settled(store, clock)
    expect(later).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/^answered 503: no .*\(given up after \d+ attempts\)$/),
    })
    expect(later?.attempts).toBeGreaterThan(5)
    expect(never).toMatchObject({ state: "failed", attempts: 1, reason: expect.stringMatching(/^answered 403/) })
    expect(notifications.targets()).toMatchObject([{ state: "failing", failed: 2 }])
  })

  it("are given up together when their target is away for too long", async () => {
    const sink = await sinkThat(() => ({ status: 503 }))
    const { store, told, clock, notifications } = await open(sink.url, { giveUpAfter: "1h" })
    for (let index = 0; index < 50; index++) await told(incidentOf(`g${index}`, 1))
    clock.advance(3_600_001)
    await told(incidentOf("late", 1))
    while (notifications.targets()[0]?.failed !== 50) {
      clock.advance(20)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const failed = (await all(store)).filter(({ state }) => state === "failed")
    expect(
      failed.filter(
        ({ reason }) => /given up.*answered 503/.test(reason ?? "") || /answered 503.*given up/.test(reason ?? ""),
      ),
    ).toHaveLength(50)
    expect((await all(store)).at(-1)).toMatchObject({ state: "pending", notice: { subject: "inc_late" } })
    expect(sink.received.length).toBeLessThan(50)
  })

  it("survive a stop: what was not delivered is sent by the next start, once", async () => {
    let isUp = false
    const sink = await sinkThat(() => (isUp ? { status: 200 } : "hang up"))
    const first = await open(sink.url)
    for (const name of ["a", "b", "c"]) await first.told(incidentOf(name, 1))
    await sink.until(1)
    await first.close()
    const before = sink.received.length
    isUp = true
    const second = await open(sink.url, {}, { clock: createManualClock(start + 60_000) })
    expect((await settled(second.store)).map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered"])
    expect(
      bodies(sink)
        .slice(before)
        .map(({ data }) => data.subject)
        .sort(),
    ).toEqual(["inc_a", "inc_b", "inc_c"])
    await second.close()
    await open(sink.url)
    expect(sink.received).toHaveLength(before + 3)
  })

  it("are not lost when it can't be noted that they were delivered", async () => {
    let failures = 1
    const forgetful = (store: Store): Store => ({
      ...store,
      record: async (changes) => {
        if (changes.deliveries?.some(({ state }) => state === "delivered") && failures-- > 0) throw new Error("busy")
        await store.record(changes)
      },
    })
    const sink = await sinkThat()
    const { store, told, clock, errors } = await open(sink.url, {}, { inner: forgetful })
    await told(incidentOf("a", 1))
    expect(await settled(store, clock)).toMatchObject([{ state: "delivered" }])
    expect([sink.received.length, errors.map(String)]).toEqual([2, ["Error: busy"]])
  })

  it("of one incident keep their order, and one that fails holds up no other", async () => {
    const failing = new Set(["incident.opened inc_a"])
    const sink = await sinkThat((text, index) => {
      const { type, data } = JSON.parse(text)
      return failing.has(`${type} ${data.subject}`) && index < 6 ? { status: 500 } : { status: 200 }
    })
    const { store, told, clock } = await open(sink.url)
    await told(incidentOf("a", 1))
    await told(incidentOf("a", 2, { status: "closed" }))
    await told(incidentOf("b", 1))
    await settled(store, clock)
    const order = bodies(sink).map(({ type, data }) => `${type} ${data.subject}`)
    expect(order.indexOf("incident.closed inc_a")).toBe(order.length - 1)
    expect(order.indexOf("incident.opened inc_b")).toBeLessThan(order.lastIndexOf("incident.opened inc_a"))
  })

  it("are filtered by severity and kind", async () => {
    const sink = await sinkThat()
    const { store, telling } = await open(sink.url, {
      minSeverity: "high",
      kinds: ["incident-opened", "countermeasure-failed"],
    })
    await telling.record({
      incidents: [
        incidentOf("low", 1, { severity: "medium" }),
        incidentOf("high", 1),
        incidentOf("over", 1, { status: "contained" }),
      ],
      countermeasures: [
        countermeasureOf("a", { nftables: "failed" }),
        countermeasureOf("b", { nftables: "applied", http: "applied" }),
      ],
    })
    expect((await settled(store)).map(({ notice }) => `${notice.kind} ${notice.subject}`)).toEqual([
      "incident-opened inc_high",
      "incident-opened inc_over",
      "countermeasure-failed cm_a",
    ])
  })

  it("of a flood are few, and the last of them counts what was left out", async () => {
    const sink = await sinkThat()
    const { store, telling, clock } = await open(sink.url, { maxPerMinute: 5, digestEvery: "5m" })
    for (let batch = 0; batch < 100; batch++)
      await telling.record({
        incidents: Array.from({ length: 100 }, (_, index) =>
          incidentOf(`f${batch}x${index}`, 1, { severity: batch === 50 && index === 50 ? "critical" : "medium" }),
        ),
      })
    await sink.until(5)
    expect((await all(store)).filter(({ notice }) => notice.kind === "digest")).toHaveLength(1)
    expect(await all(store)).toHaveLength(6)
    clock.advance(300_000)
    await telling.record({ incidents: [incidentOf("later", 1)] })
    const found = await settled(store, clock)
    expect([found.length, sink.received.length]).toEqual([7, 7])
    const digest = bodies(sink).find(({ type }) => type === "digest")
    expect(digest.data).toMatchObject({ severity: "critical", title: "9995 more notifications in one" })
    expect(digest.data.text).toMatch(
      /: 1 × incident opened critical, 9994 × incident opened medium\. The gravest: Critical incident opened: .*; and 9990 more, not listed\.$/,
    )
  })

  it("of a target that is away fill no store: a thousand wait, the rest is one", async () => {
    const sink = await sinkThat(() => ({ status: 503 }))
    const { store, telling, clock } = await open(sink.url, { maxPerMinute: 600 })
    for (let minute = 0; minute < 4; minute++) {
      for (let index = 0; index < 500; index++)
        await telling.record({ incidents: [incidentOf(`m${minute}x${index}`, 1)] })
      clock.advance(60_000)
    }
    const { items, next } = await store.deliveries({ limit: 1000 })
    const waiting = [...items, ...(await store.deliveries({ cursor: next })).items]
    expect(waiting.filter(({ notice }) => notice.kind !== "digest")).toHaveLength(1000)
    expect(waiting.filter(({ notice }) => notice.kind === "digest")).toHaveLength(1)
  })

  it("of a target that is no longer configured have failed, and those of it are forgotten after a week", async () => {
    const sink = await sinkThat(() => "hang up")
    const first = await open(sink.url)
    await first.told(incidentOf("a", 1))
    await first.close()
    const week = 7 * 86_400_000
    const second = await open(sink.url, { name: "other" }, { clock: createManualClock(start + week - 1) })
    expect(await all(second.store)).toMatchObject([
      { state: "failed", reason: 'the target "soc" is no longer configured' },
    ])
    await second.close()
    const third = await open(sink.url, {}, { clock: createManualClock(start + week + 1) })
    while ((await all(third.store)).length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it("are tested at once, once, and with the reason when it does not work", async () => {
    const sink = await sinkThat((_, index) => ({ status: index === 0 ? 200 : 404, text: "no_service" }))
    const { store, notifications } = await open(sink.url, { minSeverity: "critical" })
    expect(await notifications.test("soc", ada)).toMatchObject({ state: "delivered", attempts: 1 })
    expect(bodies(sink)[0].data.text).toMatch(/^user:ada asked for this message/)
    expect(await notifications.test("soc", ada)).toMatchObject({
      state: "failed",
      reason: "answered 404: no_service",
    })
    expect((await all(store)).map(({ state }) => state)).toEqual(["delivered", "failed"])
    const audited = (await store.audit({})).items
    expect(audited).toHaveLength(2)
    for (const entry of audited)
      expect(entry).toMatchObject({ ...ada, action: "test notification", subject: "notification:soc" })
    await expect(notifications.test("nobody", ada)).rejects.toMatchObject({
      code: "THWART_NOT_FOUND",
      message: expect.stringContaining("there are: soc"),
    })
  })

  it("show a secret nowhere", async () => {
    const sink = await sinkThat(() => ({ status: 500, text: `at ${secretPart}: no` }))
    const { store, told, notifications, errors } = await open(sink.url)
    await told(incidentOf("a", 1))
    await sink.until(1)
    while ((await all(store))[0]?.attempts === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const shown = `${JSON.stringify([await all(store), notifications.targets()])}${inspect(notifications, { depth: 9 })}${errors}`
    expect(shown).toContain("answered 500")
    expect(shown).not.toContain("very-secret")
  })

  it("are not begun with settings that can't work, and every mistake is told", () => {
    const make = (targets: readonly object[], env = {}): Notifications =>
      createNotifications(
        // The cast holds: nothing of it is used before the settings are checked.
        {
          env,
          readFile: () => {
            throw new Error("ENOENT")
          },
          clock: createManualClock(start),
        } as unknown as Parameters<typeof createNotifications>[0],
        notificationsConfig.parse({ targets }),
      )
    expect(() =>
      make(
        [
          { name: "a", kind: "slack", url: { env: "MISSING" } },
          { name: "b", kind: "teams", url: { file: "/run/secrets/teams" } },
          { name: "c", kind: "webhook", url: "http://198.51.100.7/" },
          { name: "c", kind: "webhook", url: "https://a.example/" },
        ],
        {},
      ),
    ).toThrow(
      expect.objectContaining({
        code: "THWART_CONFIG_INVALID",
        message: [
          'notifications: the target "a": the environment variable MISSING is not set',
          'notifications: the target "b": the file /run/secrets/teams can\'t be read: ENOENT',
          'notifications: the target "c": url: it is plain http to another machine; use https, or say insecure: true',
          'notifications: the target "c": the name is taken already',
        ].join("\n"),
      }),
    )
  })
})
