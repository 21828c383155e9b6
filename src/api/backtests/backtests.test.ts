import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../../test/support/alerts.ts"
import { type Alert, type Policy, policyId } from "../../core/index.ts"
import type { Backtest } from "../../response/index.ts"
import { createHarness, type Harness, host } from "../testing/harness.ts"

const startedAt = 1_700_000_000_000
const day = 86_400_000

/** One that goes on until it is let go or aborted. */
function createSlow() {
  const asked: AbortSignal[] = []
  let letGo: () => void = () => undefined
  let tell: (share: number) => void = () => undefined
  const backtest: Backtest = {
    run: (_, onProgress, signal) =>
      new Promise((_resolve, reject) => {
        asked.push(signal)
        letGo = () => reject(new Error("a disk broke"))
        tell = (share) => onProgress({ alerts: 7, at: startedAt, share })
        signal.addEventListener("abort", () => reject(signal.reason))
      }),
  }
  return { backtest, asked, fail: () => letGo(), tell: (share: number) => tell(share) }
}

describe("backtests over the API", () => {
  let harness: Harness
  let headers: Record<string, string>
  const begin = async (backtest?: Backtest) => {
    harness = await createHarness({}, backtest === undefined ? {} : { backtest })
    headers = { host, authorization: `Bearer ${await harness.tokenOf("analyst")}` }
  }
  afterEach(() => harness.close())
  const ask = async (method: "POST" | "GET" | "DELETE", path: string, payload?: object) => {
    const answer = await harness.app.inject({
      ...{ method, url: `/api/v1${path}`, headers },
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: answer.statusCode, body: answer.json() }
  }
  const done = async (id: string) => {
    for (;;) {
      const { body } = await ask("GET", `/backtests/${id}`)
      if (body.state !== "running") return body
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  describe("of what is stored", () => {
    beforeEach(() => begin())

    it("run a policy that the server has, and one that it has not", async () => {
      const intents: readonly Alert["intent"][] = ["reconnaissance", "exploitation", "installation"]
      const alerts = intents.map((intent, index) => alertOf(index, intent, { at: startedAt - day + index * 1000 }))
      await harness.store.record({ alerts })
      const [known] = await harness.store.policies()
      const draft: Policy = { ...(known as Policy), id: policyId.parse("draft"), on: onAlerts, count: 1 }
      const bodies = [{ policy: "thwart/contain-chain" }, { policies: [draft] }]
      const froms: number[] = []
      for (const body of bodies) {
        const { status, body: started } = await ask("POST", "/backtests", { ...body, since: startedAt - 2 * day })
        expect([status, started.state, started.result]).toEqual([202, "running", null])
        const { state, result } = await done(started.id)
        expect(state).toBe("done")
        expect(result.actions).toMatchObject([{ subject: "203.0.113.7/32" }])
        froms.push(result.actions[0].from)
      }
      expect(froms).toEqual([startedAt - day + 2000, startedAt - day])
      expect((await harness.store.policies()).map(({ id }) => id)).toEqual(["thwart/contain-chain"])
    })

    it("run rules: one that the server has, intent rules that it has not, and alerts of events", async () => {
      const intents: readonly Alert["intent"][] = ["reconnaissance", "exploitation", "installation"]
      const [recon, exploit, install] = intents.map((intent, index) =>
        alertOf(index, intent, { at: startedAt - day + index * 1000 }),
      )
      if (recon === undefined || exploit === undefined || install === undefined) throw new Error("no chain")
      const raised = install.contributions.map((one) => ({ ...one, rule: "mine" }))
      await harness.store.record({
        alerts: [recon, exploit].map((alert) => ({
          ...alert,
          contributions: alert.contributions.map((one) => ({ ...one, rule: "942100" as typeof one.rule })),
        })),
      })
      const yaml = `rules: [{ id: mine/pair, title: Pair, opensAt: 2, stages: [{ name: a, intents: [reconnaissance] }, { name: b, intents: [exploitation] }] }]`
      const clusters = `clusters: [{ id: mine/many, title: Many, name: web-application-attack, count: 2, groupBy: [attacker] }]`
      const cases: readonly (readonly [body: object, incidents: number, actions: number, summary: RegExp])[] = [
        [{ rule: "942100" }, 1, 0, /it raised 2 alerts, and had a part in 1 incident/],
        [{ rule: "942110" }, 0, 0, /it raised 0 alerts/],
        [{ rule: "thwart/kill-chain" }, 1, 0, /it would have recognised 1 incident/],
        [{ intentRules: yaml }, 1, 0, /it would have recognised 1 incident/],
        [{ intentRules: clusters }, 1, 0, /it would have raised 1 alert, and had a part in 1 incident/],
        [
          { given: { rules: ["mine"], alerts: [{ ...install, contributions: raised }] } },
          1,
          1,
          /it would have raised 1 alert, and had a part in 1 incident.*it would have blocked 1 address/,
        ],
      ]
      expect(cases).toHaveLength(6)
      for (const [body, incidents, actions, summary] of cases) {
        const { body: started } = await ask("POST", "/backtests", { ...body, since: startedAt - 2 * day })
        const { result } = await done(started.id)
        expect([result.totals.incidents, result.totals.actions], JSON.stringify(body)).toEqual([incidents, actions])
        expect(result.summary).toMatch(summary)
      }
      const wrong = await ask("POST", "/backtests", { intentRules: "rules: [{ id: x }]", since: startedAt - day })
      expect([wrong.status, wrong.body.error.message]).toEqual([
        400,
        expect.stringMatching(/intentRules:1:\d+: .*title/),
      ])
      expect((await ask("POST", "/backtests", { rule: "nothing", since: startedAt - day })).status).toBe(404)
    })

    it("refuse what can't be looked at, and say why", async () => {
      const cases: readonly (readonly [body: object, status: number, message: RegExp])[] = [
        [{ policy: "nobody", since: startedAt - day }, 404, /there is no policy nobody/],
        [{ since: startedAt - day }, 400, /name one of policy, policies, rule, intentRules and given/],
        [{ policy: "thwart/contain-chain", since: startedAt + day }, 400, /before the end, and in the past/],
        [{ policy: "thwart/contain-chain", since: startedAt - 400 * day }, 400, /at most 366 days/],
        [{ policy: "thwart/contain-chain" }, 400, /since/],
        [{ policy: "thwart/contain-chain", since: startedAt - day, mode: "x" }, 400, /mode/],
      ]
      expect(cases).toHaveLength(6)
      for (const [body, status, message] of cases) {
        const answer = await ask("POST", "/backtests", body)
        expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringMatching(message)])
      }
      expect((await ask("GET", "/backtests/bt_none")).status).toBe(404)
    })
  })

  const body = { policy: "thwart/contain-chain", since: startedAt - day }

  it("run one at a time, tell how far the other is, and stop when asked to", async () => {
    const slow = createSlow()
    await begin(slow.backtest)
    const first = (await ask("POST", "/backtests", body)).body
    slow.tell(0.42)
    const busy = await ask("POST", "/backtests", body)
    expect([busy.status, busy.body.error.code]).toEqual([409, "BUSY"])
    expect(busy.body.error.message).toBe(
      `a backtest of token:analyst runs (${first.id}, 42 % done); wait for it, or stop it`,
    )
    await ask("DELETE", `/backtests/${first.id}`)
    expect(await done(first.id)).toMatchObject({ state: "stopped", reason: "somebody stopped it" })
    expect((await ask("POST", "/backtests", body)).status).toBe(202)
    expect(slow.asked.map(({ aborted }) => aborted)).toEqual([true, false])
  })

  it("stop when nobody asks for a minute, and not before", async () => {
    const slow = createSlow()
    await begin(slow.backtest)
    const { id } = (await ask("POST", "/backtests", body)).body
    harness.clock.advance(59_000)
    slow.tell(0.1)
    expect((await ask("GET", `/backtests/${id}`)).body.state).toBe("running")
    harness.clock.advance(59_000)
    slow.tell(0.2)
    expect(slow.asked[0]?.aborted).toBe(false)
    harness.clock.advance(2000)
    slow.tell(0.3)
    expect(await done(id)).toMatchObject({ state: "stopped", reason: "nobody asked for it for a minute" })
  })

  it("say that they failed, and stop with the server", async () => {
    const slow = createSlow()
    await begin(slow.backtest)
    const { id } = (await ask("POST", "/backtests", body)).body
    slow.fail()
    expect(await done(id)).toMatchObject({ state: "failed", reason: "it failed: a disk broke" })
    expect(harness.errors).toHaveLength(1)
    await ask("POST", "/backtests", body)
    await harness.api.close()
    expect(slow.asked[1]?.reason).toBe("the server stops")
  })
})

const onAlerts = { kind: "alert", classtypes: [], intents: [], tactics: [], techniques: [] } as const
