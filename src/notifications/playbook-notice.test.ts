import { describe, expect, it } from "vitest"
import { createIds, createManualClock } from "../core/index.ts"
import { createSqliteStore } from "../store/index.ts"
import { notificationsConfig } from "./config.ts"
import { createNotifications } from "./notifications.ts"
import { playbookNotice } from "./playbook-notice.ts"
import { startSink } from "./testing/http-sink.ts"
import { hostile, runOf, start } from "./testing/samples.ts"

async function open(url: string, names: readonly string[], more: object = {}) {
  const store = await createSqliteStore({ path: ":memory:" })
  const clock = createManualClock(start)
  const targets = names.map((name) => ({ name, kind: "webhook", url: `${url}/${name}`, minSeverity: "high", ...more }))
  const deps = { store, clock, ids: createIds(clock), env: {}, readFile: () => "", fetch, random: () => 1 }
  const onError = (error: unknown) => expect.fail(String(error))
  const notifications = createNotifications({ ...deps, onError }, notificationsConfig.parse({ targets }))
  await notifications.start()
  return { store, notifications, telling: notifications.telling(store) }
}

describe("what a playbook tells", () => {
  it("goes to the target that it names and no other, also past its kinds and severity, stored with the run", async () => {
    const sink = await startSink()
    const { store, notifications, telling } = await open(sink.url, ["soc", "floor"], { kinds: ["recommendation"] })
    const run = runOf("a")
    const notices = ["soc", "gone"].map((target) => ({ target, text: "look", run }))
    await telling.record({ playbookRuns: [run], playbookNotices: notices })
    await sink.until(1)
    await notifications.stop()
    const { items } = await store.deliveries({ limit: 10 })
    expect(items.map(({ target, notice }) => [target, notice.kind, notice.subject])).toEqual([
      ["soc", "playbook", run.id],
    ])
    expect((await store.playbookRuns({})).items).toHaveLength(1)
    expect(sink.received).toHaveLength(1)
    expect([sink.received[0]?.path, JSON.parse(sink.received[0]?.text ?? "").type]).toEqual(["/soc", "playbook"])
    await store.close()
    await sink.close()
  })

  it("is not told where the run could not be stored", async () => {
    const sink = await startSink()
    const { store, notifications } = await open(sink.url, ["soc"])
    const broken = { ...store, record: () => Promise.reject(new Error("the disk is full")) }
    const run = runOf("a")
    const record = notifications.telling(broken).record
    await expect(
      record({ playbookRuns: [run], playbookNotices: [{ target: "soc", text: null, run }] }),
    ).rejects.toThrow("the disk is full")
    await notifications.stop()
    expect([sink.received, (await store.deliveries({})).items, notifications.targets()[0]?.pending]).toEqual([
      [],
      [],
      0,
    ])
    await store.close()
    await sink.close()
  })

  it("is a digest when it is too much", async () => {
    const sink = await startSink()
    const { store, notifications, telling } = await open(sink.url, ["soc"], { maxPerMinute: 2 })
    for (const name of ["a", "b", "c", "d"])
      await telling.record({ playbookNotices: [{ target: "soc", text: null, run: runOf(name) }] })
    await sink.until(2)
    await notifications.stop()
    const kinds = (await store.deliveries({ limit: 10 })).items.map(({ notice }) => `${notice.kind}: ${notice.title}`)
    expect(kinds.sort()).toEqual([
      "digest: 2 more notifications in one",
      "playbook: Playbook shop/look: 203.0.113.66 at host web1",
      "playbook: Playbook shop/look: 203.0.113.66 at host web1",
    ])
    await store.close()
    await sink.close()
  })

  it("says what its author wrote, what set it off and what came of each step, on one line and of bounded length", () => {
    const run = runOf("a", { severity: "high" })
    const { title, text, facts, path } = playbookNotice({ target: "soc", text: "Look at the uploads.", run })
    expect([title, text, path]).toEqual([
      "Playbook shop/look: 203.0.113.66 at host web1",
      "Look at the uploads. It was set off by 1 alert. Notify soc: done.",
      "/playbooks",
    ])
    expect(facts.map(({ name }) => name)).toEqual(["Severity", "Playbook", "Attacker", "Nodes", "Run"])
    const incident = "inc_a" as NonNullable<typeof run.incident>
    const ofIncident = playbookNotice({ target: "soc", text: null, run: { ...run, incident } })
    expect([ofIncident.subject, ofIncident.path]).toEqual([incident, `/incidents/${incident}`])
    const told = playbookNotice({ target: "soc", text: hostile.repeat(100), run })
    expect(told.text.length).toBe(1500)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    expect(told.text).not.toMatch(/[\x00-\x1f\u202e]/)
  })
})
