import { describe, expect, it } from "vitest"
import { type AuditEntry, type Countermeasure, prefix } from "../../src/core/index.ts"
import { countermeasureAt } from "../../src/store/testing/samples.ts"
import { type Facts, violations } from "./invariants.ts"

const now = 1_700_000_000_000
const report = { enforcer: "target", state: "applied", reason: null, since: now, checkedAt: now } as const
const block: Countermeasure = {
  ...countermeasureAt(now, "a", { expiresAt: now + 60_000, endedAt: null }),
  target: prefix("203.0.113.7"),
  reports: [report],
}
const entry: AuditEntry = {
  id: "aud_1",
  at: now,
  who: "user:ada",
  from: null,
  action: "block",
  subject: `countermeasure:${block.id}`,
  before: null,
  after: null,
}
const good: Facts = {
  now,
  toleranceMs: 1000,
  store: { alerts: new Set(), countermeasures: [block], audit: [entry] },
  standing: [{ key: "inbound 203.0.113.7/32", endsAt: now + 60_000 }],
  trespasses: [],
  promises: {
    acknowledged: new Set(),
    blocked: new Map([["203.0.113.7", now + 60_000]]),
    free: new Set(["203.0.113.8"]),
    done: [{ action: "block", subject: `countermeasure:${block.id}` }],
  },
}
const { store, promises } = good
const stored = (countermeasures: readonly Countermeasure[]): Facts => ({
  ...good,
  store: { ...store, countermeasures },
})
const promised = (more: Partial<Facts["promises"]>): Facts => ({ ...good, promises: { ...promises, ...more } })

const cases: readonly (readonly [what: string, facts: Facts, said: RegExp])[] = [
  ["an acknowledged alert that is lost", promised({ acknowledged: new Set(["alr_1" as never]) }), /alr_1 was ack/],
  ["a block that is not in force", { ...good, standing: [] }, /wanted and not in force/],
  ["a block that ends late", { ...good, standing: [{ key: "inbound 203.0.113.7/32", endsAt: null }] }, /off its time/],
  [
    "an entry that nobody wants",
    { ...good, standing: [...good.standing, { key: "inbound 192.0.2.1/32", endsAt: null }] },
    /nobody wants/,
  ],
  [
    "a block that is there twice",
    stored([block, { ...block, id: "cm_b" as never, reason: { ...block.reason, policy: null } }]),
    /wanted 2 times/,
  ],
  ["a promise that is broken", promised({ blocked: new Map([["203.0.113.9", null]]) }), /203\.0\.113\.9 is lost/],
  ["a promise that ends early", promised({ blocked: new Map([["203.0.113.7", now + 90_000]]) }), /ends too early/],
  ["somebody who has to be free", promised({ free: new Set(["203.0.113.7"]) }), /has to be free/],
  [
    "an end that nobody noticed",
    {
      ...stored([{ ...block, expiresAt: now - 1 }]),
      standing: [],
      promises: promised({ blocked: new Map() }).promises,
    },
    /past its end/,
  ],
  ["a report that is untrue", stored([{ ...block, reports: [{ ...report, state: "failed" }] }]), /reported as failed/],
  [
    "an end that is not reported",
    { ...stored([{ ...block, endedAt: now }]), standing: [], promises: promised({ blocked: new Map() }).promises },
    /has ended/,
  ],
  ["a change that is not in the audit log", promised({ done: [{ action: "undo", subject: "x" }] }), /no "undo" of x/],
  ["a friend who was blocked", { ...good, trespasses: ["a friend"] }, /a friend/],
]

describe("the invariants", () => {
  it("hold of what is as it has to be", () => {
    expect(violations(good)).toEqual([])
    expect(cases).toHaveLength(13)
  })

  it.each(cases)("tell of %s, and of nothing else", (_, facts, said) => {
    expect(violations(facts)).toEqual([expect.stringMatching(said)])
  })
})
