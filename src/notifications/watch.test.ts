import { describe, expect, it } from "vitest"
import { createManualClock } from "../core/index.ts"
import type { Changes } from "../store/store.ts"
import { countermeasureOf, hostile, incidentOf, start } from "./testing/samples.ts"
import { createWatch } from "./watch.ts"

const nothingStored = {
  incident: async () => undefined,
  countermeasure: async () => undefined,
  proposals: async () => ({ items: [], next: undefined }),
  recommendations: async () => [],
}
const clock = createManualClock(start)

/** The kinds that are told of each change after the other. */
async function toldOf(changes: readonly Changes[], store: Parameters<typeof createWatch>[0]["store"] = nothingStored) {
  const watch = createWatch({ store, clock })
  const told: string[][] = []
  for (const change of changes) {
    told.push((await watch.noticesOf(change)).map(({ kind }) => kind))
    watch.stored(change)
  }
  return told
}

const incidents = (...all: readonly ReturnType<typeof incidentOf>[]): Changes => ({ incidents: all })
const done = (...all: readonly ReturnType<typeof countermeasureOf>[]): Changes => ({ countermeasures: all })

describe("what is told of changes", () => {
  const cases: readonly (readonly [name: string, changes: readonly Changes[], told: readonly (readonly string[])[]])[] =
    [
      ["an incident that is new", [incidents(incidentOf("a", 1))], [["incident-opened"]]],
      [
        "more alerts of the same stage are no news",
        [incidents(incidentOf("a", 1)), incidents(incidentOf("a", 2)), incidents(incidentOf("a", 3))],
        [["incident-opened"], [], []],
      ],
      [
        "a new stage is, also when it was contained",
        [
          incidents(incidentOf("a", 1)),
          incidents(incidentOf("a", 2, { stages: 2, status: "contained" })),
          incidents(incidentOf("a", 3, { stages: 3, status: "contained" })),
        ],
        [["incident-opened"], ["incident-grown", "incident-contained"], ["incident-grown"]],
      ],
      [
        "open again, then closed, then called a false positive",
        [
          incidents(incidentOf("a", 1)),
          incidents(incidentOf("a", 2, { status: "contained" })),
          incidents(incidentOf("a", 3)),
          incidents(incidentOf("a", 4, { status: "closed" })),
          incidents(incidentOf("a", 5, { status: "false-positive" })),
        ],
        [["incident-opened"], ["incident-contained"], ["incident-reopened"], ["incident-closed"], []],
      ],
      [
        "a version that is older than the one before",
        [incidents(incidentOf("a", 4)), incidents(incidentOf("a", 3, { stages: 3, status: "closed" }))],
        [["incident-opened"], []],
      ],
      [
        "of one that changed twice at once, the last",
        [incidents(incidentOf("a", 1), incidentOf("a", 2, { status: "contained" }))],
        [["incident-opened", "incident-contained"]],
      ],
      [
        "a countermeasure is applied when every enforcer says so",
        [
          done(countermeasureOf("a", {})),
          done(countermeasureOf("a", { nftables: "applied" })),
          done(countermeasureOf("a", { nftables: "applied", http: "applied" })),
          done(countermeasureOf("a", { nftables: "applied", http: "applied" })),
          done(countermeasureOf("a", { nftables: "applied", http: "applied" }, "undone")),
          done(countermeasureOf("a", {}, "undone")),
        ],
        [[], [], ["countermeasure-applied"], [], ["countermeasure-ended"], []],
      ],
      [
        "and failed when one says so",
        [
          done(countermeasureOf("a", {})),
          done(countermeasureOf("a", { nftables: "failed" })),
          done(countermeasureOf("a", { nftables: "failed", http: "not-enforced" })),
          done(countermeasureOf("a", { nftables: "applied", http: "applied" })),
        ],
        [[], ["countermeasure-failed"], [], ["countermeasure-applied"]],
      ],
    ]

  it("is news and nothing else", async () => {
    expect(cases).toHaveLength(8)
    for (const [name, changes, told] of cases) expect([name, await toldOf(changes)]).toEqual([name, told])
  })

  it("is held against the store after a restart, so that nothing is told again", async () => {
    const store = {
      ...nothingStored,
      incident: async () => incidentOf("a", 5, { stages: 2 }),
      countermeasure: async () => countermeasureOf("a", { nftables: "failed" }),
    }
    expect(await toldOf([incidents(incidentOf("a", 6, { stages: 2 }))], store)).toEqual([[]])
    expect(await toldOf([incidents(incidentOf("a", 6, { stages: 3 }))], store)).toEqual([["incident-grown"]])
    expect(await toldOf([done(countermeasureOf("a", { nftables: "failed" }))], store)).toEqual([[]])
  })

  it("is told again when it was not stored", async () => {
    const watch = createWatch({ store: nothingStored, clock })
    const change = incidents(incidentOf("a", 3))
    expect(await watch.noticesOf(change)).toHaveLength(1)
    expect(await watch.noticesOf(change)).toHaveLength(1)
  })

  it("are sentences", async () => {
    const watch = createWatch({ store: nothingStored, clock })
    const [opened] = await watch.noticesOf(incidents(incidentOf("a", 1, { stages: 2 })))
    expect(opened).toMatchObject({
      title: "High incident opened: Attack chain in progress",
      text: '203.0.113.66 reached the stage "exploitation" on host web1; 2 of 4 stages are seen. It looked like exploitation.',
      path: "/incidents/inc_a",
    })
    const [failed] = await watch.noticesOf(done(countermeasureOf("a", { nftables: "failed", http: "applied" })))
    expect(failed).toMatchObject({
      title: "Block of 203.0.113.66/32 is not in force",
      text: "nftables failed: nft exited with 1. Applied by http. It was decided because: password spraying",
    })
    const [applied] = await watch.noticesOf(done(countermeasureOf("b", { nftables: "applied", http: "applied" })))
    expect(applied?.text).toBe(
      "nftables, http report it applied, until 2023-11-14 23:13:20 UTC. It was decided because: password spraying",
    )
    const [ended] = await watch.noticesOf(done(countermeasureOf("c", {}, "allowlisted")))
    expect(ended?.text).toBe(
      "Its address was put on the allowlist (user:test). It was decided because: password spraying",
    )
  })

  it("holds no control character and is bounded, whatever an attacker wrote", async () => {
    const watch = createWatch({ store: nothingStored, clock })
    const [notice] = await watch.noticesOf(incidents(incidentOf("a", 1, { title: hostile + "😀".repeat(5000) })))
    expect(notice?.title).toContain("\\x0d\\x0aBcc")
    expect(JSON.stringify(notice)).not.toMatch(/\\u00[01]|\u202e|\\r|\\n/)
    // 200, or one less where the last character is of two halves.
    expect([199, 200]).toContain(notice?.title.length)
    expect(notice?.title.isWellFormed()).toBe(true)
  })

  it("remembers 20,000 of a flood and no more", async () => {
    let asked = 0
    const store = { ...nothingStored, incident: async () => void asked++ }
    const watch = createWatch({ store: store as typeof nothingStored, clock })
    for (let index = 0; index < 30_000; index++) watch.stored(incidents(incidentOf(`i${index}`, 1)))
    await watch.noticesOf(incidents(incidentOf("i29999", 2)))
    expect(asked).toBe(0)
    await watch.noticesOf(incidents(incidentOf("i0", 2)))
    expect(asked).toBe(1)
  })
})
