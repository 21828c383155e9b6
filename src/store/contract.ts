import { afterEach, beforeEach, describe, expect, it } from "vitest"
import {
  address,
  allowlistEntry,
  networkPolicy,
  nodeId,
  policyId,
  type RuleId,
  recommendationId,
  ruleException,
  ruleId,
  vulnerabilityReport,
} from "../core/index.ts"
import type { Page, ProposalQuery, Store } from "./store.ts"
import {
  alertAt,
  auditAt,
  countermeasureAt,
  deliveryAt,
  incidentAt,
  playbookAt,
  proposalAt,
  runAt,
} from "./testing/samples.ts"

export interface Opened {
  readonly store: Store
  /** Opens the same data once more; undefined where it does not outlive its store. */
  reopen?(): Promise<Store>
  cleanUp(): Promise<void>
}

/** What every store must do; run against each implementation. */
export function describeStore(name: string, open: () => Promise<Opened>): void {
  describe(`${name} as a store`, () => {
    let opened: Opened
    let store: Store
    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(async () => {
      await store.close()
      await opened.cleanUp()
    })

    it("gives back exactly what was recorded, every byte of it", async () => {
      const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("")
      const strange = `${bytes}\ud800 lone \udfff surrogates \u2028 ' " \\ -- $1 ?`
      const alert = alertAt(1000, "a", {
        title: strange,
        evidence: { summary: strange, request: strange, response: null },
      })
      const incident = incidentAt(1000, "a", { title: strange })
      const countermeasure = countermeasureAt(1000, "a", {
        reason: { by: "x", text: strange, policy: null, incident: incident.id, alerts: [alert.id] },
      })
      await store.record({
        alerts: [alert],
        incidents: [incident],
        countermeasures: [countermeasure],
        audit: [auditAt(1000, "a")],
      })
      expect(await store.alert(alert.id)).toEqual(alert)
      expect(await store.incident(incident.id)).toEqual(incident)
      expect(await store.countermeasure(countermeasure.id)).toEqual(countermeasure)
      expect((await store.audit({})).items).toEqual([auditAt(1000, "a")])
    })

    it("leaves a known alert alone, and replaces an incident by a higher version only", async () => {
      await store.record({
        alerts: [alertAt(1, "a", { title: "first" })],
        incidents: [incidentAt(1, "a", { version: 2, title: "second" })],
      })
      await store.record({
        alerts: [alertAt(1, "a", { title: "again" })],
        incidents: [incidentAt(1, "a", { version: 1, title: "late" })],
      })
      expect((await store.alert(alertAt(1, "a").id))?.title).toBe("first")
      expect((await store.incident(incidentAt(1, "a").id))?.title).toBe("second")
      await store.record({ incidents: [incidentAt(1, "a", { version: 3, title: "third" })] })
      expect((await store.incident(incidentAt(1, "a").id))?.title).toBe("third")
    })

    it("pages newest first, without a gap or a repeat, while others are written", async () => {
      await store.record({
        alerts: Array.from({ length: 25 }, (_, index) =>
          alertAt(1000 + Math.floor(index / 5), `p${String(index).padStart(2, "0")}`),
        ),
      })
      const seen: string[] = []
      let page: Page<{ readonly id: string }> = await store.alerts({ limit: 7 })
      for (let round = 0; ; round++) {
        seen.push(...page.items.map(({ id }) => id))
        if (page.next === undefined) break
        await store.record({ alerts: [alertAt(5000 + round, `new${round}`)] })
        page = await store.alerts({ limit: 7, cursor: page.next })
      }
      expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `alr_p${String(24 - index).padStart(2, "0")}`))
      await expect(store.alerts({ cursor: "rubbish" })).rejects.toThrow(/not a cursor/)
    })

    it("pages alerts oldest first where that is asked, without a gap or a repeat, while others are written", async () => {
      await store.record({
        alerts: Array.from({ length: 25 }, (_, index) =>
          alertAt(1000 + Math.floor(index / 5), `p${String(index).padStart(2, "0")}`),
        ),
      })
      const seen: string[] = []
      let cursor: string | undefined
      for (let round = 0; round < 4; round++) {
        const page: Page<{ readonly id: string }> = await store.alerts({
          order: "oldest",
          since: 1001,
          limit: 6,
          cursor,
        })
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.next
        await store.record({ alerts: [alertAt(1, `old${round}`)] })
      }
      expect(cursor).toBeUndefined()
      expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => `alr_p${String(index + 5).padStart(2, "0")}`))
    })

    it("filters alerts by attacker, time, severity and id", async () => {
      const other = address("198.51.100.7")
      await store.record({
        alerts: [
          alertAt(1, "a"),
          alertAt(2, "b", { attacker: other }),
          alertAt(3, "c", { severity: "critical" }),
          alertAt(4, "d", { severity: "low" }),
        ],
      })
      const idsOf = async (query: Parameters<Store["alerts"]>[0]) =>
        (await store.alerts(query)).items.map(({ id }) => id)
      expect(await idsOf({ attacker: other })).toEqual(["alr_b"])
      expect(await idsOf({ since: 2, until: 3 })).toEqual(["alr_c", "alr_b"])
      expect(await idsOf({ minSeverity: "high" })).toEqual(["alr_c", "alr_b", "alr_a"])
      expect(await idsOf({ ids: [alertAt(1, "a").id, alertAt(1, "x").id] })).toEqual(["alr_a"])
      expect(await idsOf({ ids: [] })).toEqual([])
    })

    it("filters incidents, and countermeasures by whether they are wanted at a time", async () => {
      const incident = incidentAt(2, "b", { status: "contained" })
      await store.record({
        incidents: [incidentAt(1, "a"), incident],
        countermeasures: [
          countermeasureAt(1, "over", { expiresAt: 100 }),
          countermeasureAt(2, "ended", { endedAt: 50, endReason: "undone", endedBy: "user:test" }),
          countermeasureAt(3, "on", {
            expiresAt: 1000,
            reason: { by: "p", text: "t", policy: null, incident: incident.id, alerts: [] },
          }),
          countermeasureAt(4, "forever", { expiresAt: null }),
        ],
      })
      expect((await store.incidents({ status: "contained" })).items.map(({ id }) => id)).toEqual(["inc_b"])
      expect((await store.countermeasures({ activeAt: 500 })).items.map(({ id }) => id)).toEqual([
        "cm_forever",
        "cm_on",
      ])
      expect((await store.countermeasures({ incident: incident.id })).items.map(({ id }) => id)).toEqual(["cm_on"])
      expect((await store.countermeasures({})).items).toHaveLength(4)
    })

    it("keeps settings and accounts, replaces them by id, and removes what is removed", async () => {
      const policy = networkPolicy.parse({
        id: "p",
        name: "P",
        enabled: true,
        mode: "automatic",
        on: { kind: "incident", rule: null, minStages: 3 },
        severity: "high",
        count: 1,
        windowMs: 1000,
        blockMs: null,
        enforcers: [],
      })
      const entry = allowlistEntry.parse({
        id: "alw_1",
        prefix: "192.0.2.0/24",
        comment: "office",
        owner: "user:test",
        createdAt: 1,
        expiresAt: null,
      })
      const user = {
        name: "ada",
        role: "admin",
        passwordHash: "x",
        mustChangePassword: true,
        createdAt: 1,
        disabled: false,
      } as const
      const session = { secretHash: "s1", user: "ada", createdAt: 1, expiresAt: 2, address: "192.0.2.7", byLink: false }
      const token = {
        id: "tok_1",
        name: "t",
        secretHash: "t1",
        role: "viewer",
        createdBy: "ada",
        createdAt: 1,
        expiresAt: null,
        lastUsedAt: null,
      } as const
      await store.record({
        policies: [policy],
        allowlist: [entry],
        users: [user],
        sessions: [session],
        tokens: [token],
      })
      await store.record({
        policies: [{ ...policy, enabled: false }],
        users: [{ ...user, disabled: true }],
        tokens: [{ ...token, lastUsedAt: 7 }],
      })
      expect(await store.policies()).toEqual([{ ...policy, enabled: false }])
      expect(await store.allowlist()).toEqual([entry])
      expect(await store.user("ada")).toEqual({ ...user, disabled: true })
      expect(await store.session("s1")).toEqual(session)
      expect(await store.sessionsOf("ada")).toEqual([session])
      expect(await store.tokenBySecret("t1")).toEqual({ ...token, lastUsedAt: 7 })
      await store.record({ removedAllowlist: ["alw_1"], removedSessions: ["s1"], removedTokens: ["tok_1"] })
      expect([await store.allowlist(), await store.sessionsOf("ada"), await store.tokens()]).toEqual([[], [], []])
      expect(await store.user("nobody")).toBeUndefined()
    })

    it("keeps rule switches, one for each rule and node, and exceptions", async () => {
      const off = { rule: ruleId.parse("942100"), node: null, since: 1, by: "user:test", reason: "noise" }
      const there = { ...off, node: nodeId.parse("web1") }
      const exception = ruleException.parse({
        id: "exc_1",
        rules: "942100-942199",
        path: "/search*",
        parameter: "ARGS:q",
        source: "192.0.2.0/24",
        owner: "shop team",
        reason: "search for SQL books",
        expiresAt: 1000,
        createdAt: 1,
        createdBy: "user:test",
      })
      await store.record({ ruleSwitches: [off, there], ruleExceptions: [exception] })
      await Promise.all([
        store.record({ ruleSwitches: [{ ...off, reason: "one" }] }),
        store.record({ ruleSwitches: [{ ...off, reason: "one" }] }),
        store.record({ ruleExceptions: [{ ...exception, expiresAt: null }] }),
      ])
      expect([...(await store.ruleSwitches())].sort((one) => (one.node === null ? -1 : 1))).toEqual([
        { ...off, reason: "one" },
        there,
      ])
      expect(await store.ruleExceptions()).toEqual([{ ...exception, expiresAt: null }])
      await store.record({ removedRuleSwitches: [off] })
      expect(await store.ruleSwitches()).toEqual([there])
    })

    it("keeps reports of vulnerabilities, replaces them by id, and removes what is removed", async () => {
      const report = vulnerabilityReport.parse({
        id: "vul_1",
        tool: "grype",
        subject: { kind: "image", images: ["nginx:1.27", "nginx@sha256:aa"] },
        importedAt: 5,
        importedBy: "user:test",
        vulnerabilities: Array.from({ length: 20_000 }, (_, index) => ({
          id: `CVE-2024-${index}`,
          severity: "high",
          package: "\u0000 ' \ud800",
          installedVersion: null,
          fixedVersion: "2",
          knownExploited: true,
          epss: 0.5,
        })),
      })
      const other = {
        ...report,
        id: "vul_2",
        subject: { kind: "node", node: nodeId.parse("web1") },
        vulnerabilities: [],
      } as const
      await store.record({ vulnerabilityReports: [report, other] })
      expect(await store.vulnerabilityReports()).toEqual([report, other])
      await store.record({ vulnerabilityReports: [{ ...report, importedAt: 6, vulnerabilities: [] }] })
      await store.record({ removedVulnerabilityReports: ["vul_2", "vul_3"] })
      expect(await store.vulnerabilityReports()).toEqual([{ ...report, importedAt: 6, vulnerabilities: [] }])
    })

    it("replaces a proposal, finds them by policy and state, and keeps what stands above them until it is removed", async () => {
      const [one, other] = [policyId.parse("one"), policyId.parse("other")]
      const head = { id: recommendationId.parse("rec_a"), policy: one, createdAt: 1, notKept: 0 }
      await store.record({
        proposals: [
          ...Array.from({ length: 1200 }, (_, index) => proposalAt(index, `p${index}`, { policy: one })),
          proposalAt(5, "q", { policy: other }),
          proposalAt(5, "q", { policy: other, state: "expired" }),
        ],
        recommendations: [head],
      })
      const ids = async (query: ProposalQuery) => (await store.proposals(query)).items.map(({ id }) => id)
      const first = await store.proposals({ policy: one, state: "pending", limit: 1000 })
      expect([first.items.length, first.items[0]?.id]).toEqual([1000, "prp_p1199"])
      expect(await ids({ policy: one, state: "pending", limit: 1000, cursor: first.next })).toHaveLength(200)
      expect(await ids({ policy: other })).toEqual(["prp_q"])
      expect(await ids({ state: "expired" })).toEqual(["prp_q"])
      const changed = proposalAt(7, "p7", { policy: one, state: "accepted", count: 9, held: "\u0000 too many" })
      await Promise.all([
        store.record({ proposals: [changed] }),
        store.record({ recommendations: [{ ...head, notKept: 3 }] }),
      ])
      expect((await store.proposals({ state: "accepted" })).items).toEqual([changed])
      expect(await store.recommendations()).toEqual([{ ...head, notKept: 3 }])
      await store.record({ removedRecommendations: [head.id] })
      expect(await store.recommendations()).toEqual([])
    })

    it("counts a rule once for each new alert that is not masked, and what analysts marked", async () => {
      const [one, other] = [ruleId.parse("1"), ruleId.parse("2")]
      const by = (...rules: readonly RuleId[]) => ({
        contributions: rules.map((rule) => ({
          rule,
          message: "m",
          severity: "high" as const,
          score: 5,
          tags: [],
          matches: [],
        })),
      })
      const day = 86_400_000
      const first = alertAt(100 * day, "a", by(one, one, other))
      await store.record({ alerts: [first] })
      await Promise.all([
        store.record({ alerts: [first] }),
        store.record({ alerts: [alertAt(101 * day, "b", by(one)), alertAt(101 * day - 1, "c", by(one))] }),
        store.record({ alerts: [alertAt(102 * day, "d", { ...by(one), masked: true })] }),
      ])
      const hitsOf = async () => (await store.ruleStatistics()).map(({ hits }) => hits).sort()
      await store.record({ masks: [{ id: first.id, masked: true }] })
      await store.record({
        masks: [
          { id: first.id, masked: true },
          { id: alertAt(1, "none").id, masked: true },
        ],
      })
      expect([(await store.alert(first.id))?.masked, await hitsOf()]).toEqual([true, [0, 2]])
      await store.record({ masks: [{ id: first.id, masked: false }] })
      expect([await store.alert(first.id), await hitsOf()]).toEqual([first, [1, 3]])
      const mark = { alert: first.id, verdict: "false-positive", at: 5, by: "user:test" } as const
      await store.record({ verdicts: [{ ...mark, verdict: "true-positive", rules: [one, other] }] })
      await store.record({ verdicts: [{ ...mark, rules: [one, other] }] })
      const statistics = async () =>
        [...(await store.ruleStatistics())].sort((left, right) => (left.rule < right.rule ? -1 : 1))
      expect(await store.verdicts([first.id])).toEqual([mark])
      expect(await statistics()).toEqual([
        { rule: "1", hits: 3, lastAt: 101 * day, markedTrue: 0, markedFalse: 1 },
        { rule: "2", hits: 1, lastAt: 100 * day, markedTrue: 0, markedFalse: 1 },
      ])
      await store.record({ removedVerdicts: [first.id], alerts: [alertAt(200 * day, "e", by(other))] })
      expect(await store.verdicts([first.id])).toEqual([])
      expect(await statistics()).toEqual([{ rule: "2", hits: 1, lastAt: 200 * day, markedTrue: 0, markedFalse: 0 }])
    })

    it("keeps playbooks, their switches and runs, and notes on incidents", async () => {
      const [one, other] = [playbookAt("one"), playbookAt("other")]
      const off = { playbook: one.id, enabled: false, by: "user:test", at: 1 }
      const notes = { incident: incidentAt(1, "a").id, assignee: "ada", comments: [{ at: 1, by: "x", text: "\u0000" }] }
      await store.record({ playbooks: [one, other], playbookSwitches: [off], incidentNotes: [notes] })
      await store.record({ playbooks: [{ ...one, name: "again" }], incidentNotes: [{ ...notes, assignee: null }] })
      expect(await store.playbooks()).toEqual([{ ...one, name: "again" }, other])
      expect(await store.playbookSwitches()).toEqual([off])
      expect(await store.incidentNotes(notes.incident)).toEqual({ ...notes, assignee: null })
      await store.record({ removedPlaybooks: [one.id] })
      expect([await store.playbooks(), await store.playbookSwitches()]).toEqual([[other], []])

      const day = 86_400_000
      const runs = [
        runAt(day, "1"),
        runAt(50 * day, "2", { state: "waiting" }),
        runAt(51 * day, "3", { playbook: other.id }),
      ]
      await store.record({ playbookRuns: runs })
      await store.record({ playbookRuns: [{ ...runAt(50 * day, "2"), state: "done", count: 7 }] })
      const ids = async (query: Parameters<Store["playbookRuns"]>[0]) =>
        (await store.playbookRuns(query)).items.map(({ id }) => id)
      expect(await ids({})).toEqual(["run_3", "run_2", "run_1"])
      expect(await ids({ playbook: other.id })).toEqual(["run_3"])
      expect(await ids({ state: "waiting" })).toEqual([])
      expect(await ids({ since: 2 * day })).toEqual(["run_3", "run_2"])
      expect(await store.playbookRun("run_2")).toMatchObject({ state: "done", count: 7 })
      await store.record({ playbookRuns: [runAt(92 * day, "4")] })
      expect(await ids({})).toEqual(["run_4", "run_3", "run_2"])
    })

    it("keeps the outbox: by target and state, newest first, as it is now, and forgets what is finished and old", async () => {
      const strange = deliveryAt(3, "c", { reason: "\u0000 \ud800 ' \" \\ -- $1 ?" })
      await store.record({
        deliveries: [deliveryAt(1, "a"), deliveryAt(2, "b", { target: "mail" }), strange, deliveryAt(4, "d")],
      })
      const ids = async (query: Parameters<Store["deliveries"]>[0]) =>
        (await store.deliveries(query)).items.map(({ id }) => id)
      expect(await ids({})).toEqual(["dlv_d", "dlv_c", "dlv_b", "dlv_a"])
      expect((await store.deliveries({ target: "soc" })).items[1]).toEqual(strange)
      await store.record({
        deliveries: [
          deliveryAt(1, "a", { state: "delivered", attempts: 2, finishedAt: 9 }),
          deliveryAt(4, "d", { state: "failed", attempts: 1, reason: "no", finishedAt: 9 }),
        ],
      })
      expect(await ids({ target: "soc", state: "pending" })).toEqual(["dlv_c"])
      expect(await ids({ state: "delivered" })).toEqual(["dlv_a"])
      const first = await store.deliveries({ limit: 1, target: "soc" })
      expect([first.items[0]?.reason, await ids({ cursor: first.next, target: "soc" })]).toEqual([
        "no",
        ["dlv_c", "dlv_a"],
      ])
      await store.record({ forgetDeliveriesBefore: 4 })
      expect(await ids({})).toEqual(["dlv_d", "dlv_c", "dlv_b"])
    })

    it("writes all of a record or nothing, and one that fails does not fail the others beside it", async () => {
      const bad = {
        ...alertAt(2, "bad"),
        at: "never" as unknown as number,
        attacker: null as unknown as ReturnType<typeof address>,
      }
      const results = await Promise.allSettled([
        store.record({ alerts: [alertAt(1, "a")] }),
        store.record({ incidents: [incidentAt(1, "half")], alerts: [bad] }),
        store.record({ alerts: [alertAt(3, "c")] }),
      ])
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"])
      expect((await store.alerts({})).items.map(({ id }) => id)).toEqual(["alr_c", "alr_a"])
      expect(await store.incident(incidentAt(1, "half").id)).toBeUndefined()
    })

    it("takes a thousand overlapping records and has them all, also when it is opened again", async () => {
      await Promise.all(
        Array.from({ length: 1000 }, (_, index) => store.record({ alerts: [alertAt(index, `o${index}`)] })),
      )
      expect((await store.alerts({ limit: 1000 })).items).toHaveLength(1000)
      if (opened.reopen === undefined) return
      await store.close()
      store = await opened.reopen()
      expect((await store.alerts({ limit: 1000 })).items).toHaveLength(1000)
    })

    it("may be closed twice, and fails with a clear error afterwards", async () => {
      await store.close()
      await store.close()
      await expect(store.policies()).rejects.toMatchObject({ code: "THWART_STORE_FAILED" })
    })
  })
}
