import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createManualClock, policyId, type RecommendationId } from "../core/index.ts"
import { type Changes, createSqliteStore, type Store } from "../store/index.ts"
import { recommendationNotice } from "./recommendation-notice.ts"
import { hostile, pausing, proposalOf, start } from "./testing/samples.ts"
import { createWatch } from "./watch.ts"

const clock = createManualClock(start)
const head = { id: "rec_a" as RecommendationId, policy: policyId.parse("ask"), createdAt: start, notKept: 0 }
let store: Store
beforeEach(async () => {
  store = await createSqliteStore({ path: ":memory:" })
})
afterEach(() => store.close())

/** As a process does: what is told of each change, which is then stored. */
function started() {
  const watch = createWatch({ store, clock })
  return async (changes: Changes) => {
    const notices = await watch.noticesOf(changes)
    await store.record(changes)
    watch.stored(changes)
    return notices.map(({ kind, subject, path }) => `${kind} ${subject} ${path}`)
  }
}
const told = (name: string, recommendation = "rec_a") => `recommendation prp_${name} /recommendations/${recommendation}`

describe("recommendations", () => {
  it("are told once for each proposal, however often it is seen, and over a restart", async () => {
    const record = started()
    const both = { recommendations: [head], proposals: [proposalOf("a"), proposalOf("b")] }
    expect(await record(both)).toEqual([told("a"), told("b")])
    expect(await record({ proposals: [proposalOf("a", { count: 7 })] })).toEqual([])
    expect(await record({ recommendations: [{ ...head, notKept: 3 }] })).toEqual([])
    expect(await record({ proposals: [proposalOf("b", { count: 7 }), proposalOf("c")] })).toEqual([told("c")])
    const again = started()
    expect(await again({ proposals: [proposalOf("a", { count: 9 }), proposalOf("d")] })).toEqual([told("d")])
    expect(await again({ proposals: [proposalOf("c", { count: 9 })] })).toEqual([])
  })

  it("are told again when they are made anew, and not when somebody decides", async () => {
    const record = started()
    await record({ recommendations: [head], proposals: [proposalOf("a")] })
    const decided = { proposals: [proposalOf("a", { state: "dismissed" })], removedRecommendations: [head.id] }
    expect(await record(decided)).toEqual([])
    const anew = { recommendations: [{ ...head, id: "rec_b" as RecommendationId }], proposals: [proposalOf("e")] }
    expect(await record(anew)).toEqual([told("e", "rec_b")])
    expect(await record({ proposals: [proposalOf("f")] })).toEqual([told("f", "rec_b")])
  })

  it("are told again when they were not stored", async () => {
    const watch = createWatch({ store, clock })
    const change = { recommendations: [head], proposals: [proposalOf("a")] }
    expect(await watch.noticesOf(change)).toHaveLength(1)
    expect(await watch.noticesOf(change)).toHaveLength(1)
  })

  it("are sentences", () => {
    const cases = [
      [proposalOf("a"), "block 203.0.113.66/32", "block, inbound"],
      [
        proposalOf("a", { action: "limit", rate: { perSecond: 2000, unit: "packets" }, direction: "both" }),
        "limit 203.0.113.66/32 to 2 kpackets/s",
        "limit, both",
      ],
      [pausing, "pause container shop-web", "pause"],
    ] as const
    expect(cases).toHaveLength(3)
    for (const [proposal, wish, action] of cases) {
      const notice = recommendationNotice({ proposal, recommendation: undefined })
      expect(notice).toMatchObject({ title: `Decision wanted: ${wish}`, path: "/recommendations", severity: "high" })
      expect(notice.facts).toContainEqual({ name: "Action", value: action })
      expect(notice.text).toBe(
        "The policy ask asks first. Nothing is done unless somebody accepts it by 2023-11-15 22:13:20 UTC. It is proposed because: password spraying",
      )
    }
    const held = proposalOf("a", { held: "more than 100 blocks in a minute" })
    expect(recommendationNotice({ proposal: held, recommendation: undefined }).text).toMatch(
      /^The policy ask was held back by a guardrail: more than 100 blocks in a minute\. Nothing/,
    )
  })

  it("hold no control character, whatever an attacker wrote", () => {
    const { reason } = proposalOf("a")
    const proposal = proposalOf("a", { reason: { ...reason, text: hostile } })
    const notice = recommendationNotice({ proposal, recommendation: undefined })
    expect(notice.text).toContain("\\x0d\\x0aBcc")
    expect(JSON.stringify(notice)).not.toMatch(/\\u00[01]|\u202e|\\r|\\n/)
  })
})
