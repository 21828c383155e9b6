import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { killChainRules } from "../../test/support/kill-chain.ts"
import { type Alert, contribution, prefix } from "../core/index.ts"
import { createCorrelator } from "../correlation/index.ts"
import { createExplain, type Explanation } from "./explain.ts"
import { tell } from "./story.ts"
import { ada, applied, attack, createHouse, type House, onlyBlock, startedAt } from "./testing/house.ts"

let house: House
let explain: (subject: string) => Promise<Explanation>
const chain = ["reconnaissance", "exploitation", "installation"] as const
const alerts = chain.map((intent, index) => alertOf(index + 1, intent, { at: startedAt + index * 1000 }))

beforeEach(async () => {
  const correlator = createCorrelator(killChainRules)
  house = await createHouse({ setIncidentStatus: correlator.setStatus })
  explain = createExplain(house.store)
  await attack(house, correlator, alerts)
  house.clock.advance(2000)
  await house.responder.report(onlyBlock(house).id, applied(startedAt + 2000))
})
afterEach(() => house.store.close())

const shape = ({ countermeasures, incidents, alerts: found }: Explanation) => [
  countermeasures.length,
  incidents.length,
  found.length,
]

describe("an explanation", () => {
  it("goes from the blocked address by the chain to the bytes", async () => {
    const { story, ...found } = await explain("203.0.113.7")
    const [block, [incident]] = [onlyBlock(house), found.incidents]
    const start = "2023-11-14T22:13"
    const bytes = `  rule 9500200, SQL: a UNION joins a second query: ARGS:q held "UNION SELECT \\x00name\\x1b[2J"`
    expect(story).toEqual([
      `${start}:20.000Z block of 203.0.113.7/32, inbound, decided by policy:thwart/contain-chain (${block.id}): Contain an attack chain: 1 High incident with at least 3 stages in 10 minutes → block the address for 1 hour. It lasts until 2023-11-14T23:13:20.000Z.`,
      `  kernel: applied since ${start}:22.000Z, last seen so at ${start}:22.000Z`,
      `${start}:20.000Z Attack chain in progress (${incident?.id}, critical, contained): rule thwart/kill-chain saw 203.0.113.7 in 3 of 4 stages`,
      `  1. scan since ${start}:20.000Z: 1 alert from 203.0.113.7 with intent reconnaissance: reconnaissance seen`,
      `  2. exploitation since ${start}:21.000Z: 1 alert from 203.0.113.7 with intent weaponization, delivery or exploitation, 1 second after scan began: exploitation seen`,
      `  3. installation since ${start}:22.000Z: 1 alert from 203.0.113.7 with intent installation, 1 second after exploitation began: installation seen`,
      ...chain.flatMap((intent, index) => [
        `${start}:2${index}.000Z ${intent}: ${intent} seen (alr_0000000${index + 1}, score 5 of 5) in GET /products?q=1'+UNION+SELECT`,
        bytes,
      ]),
    ])
    expect(shape({ story, ...found })).toEqual([1, 1, 3])
  })

  it("comes to the same from the countermeasure and from the incident", async () => {
    const whole = await explain("203.0.113.7")
    const block = onlyBlock(house)
    for (const subject of [block.id, block.reason.incident ?? "", " 203.0.113.7 "])
      expect((await explain(subject)).story, subject).toEqual(whole.story)
  })

  it("of an alert tells its own bytes, and what it became part of", async () => {
    const found = await explain(alerts[1]?.id ?? "")
    expect(shape(found)).toEqual([1, 1, 1])
    expect(found.alerts[0]?.id).toBe(alerts[1]?.id)
  })

  it("of a range tells what is blocked inside and around it", async () => {
    expect(shape(await explain("203.0.113.0/24"))).toEqual([1, 1, 3])
    await house.responder.block(
      { target: prefix("198.51.100.0/24"), direction: "inbound", durationMs: null, reason: "abuse\u202e\n" },
      ada,
    )
    const { story } = await explain("198.51.100.9")
    expect(story[0]).toContain("decided by user:ada (")
    expect(story[0]).toContain("): abuse\\u{202e}\\x0a. It lasts until someone ends it.")
  })

  const unknown = [
    "203.0.113.8",
    "cm_nothing",
    "inc_nothing",
    "alr_nothing",
    "",
    "everything",
    "203.0.113.7/33",
    "\u001b[2J",
  ]
  it.each(unknown)("of %j is refused", async (subject) => {
    expect(unknown).toHaveLength(8)
    await expect(explain(subject)).rejects.toMatchObject({ code: "THWART_NOT_FOUND" })
  })
})

describe("a story", () => {
  const of = (overrides: Partial<Alert>) =>
    tell({ countermeasures: [], incidents: [], alerts: [alertOf(1, "exploitation", overrides)] })
  const contributionOf = (variable: string, value: string) =>
    contribution.parse({
      rule: "1",
      message: `found ${value}`,
      severity: "high",
      score: 5,
      tags: [],
      matches: [{ variable, value, offset: 0, length: value.length }],
    })

  it("lets no byte of an attacker act on a terminal or end its own quotes", () => {
    const lines = of({
      title: "t\u001b]0;x\u0007",
      contributions: [contributionOf('ARGS:"\u001b[2J', 'a" held "b\\\u009b31m\u00e9\r\n')],
      evidence: { summary: "GET /\u001b[31m\r\nSet-Cookie: x", request: null, response: null },
    })
    expect(lines.join("")).toMatch(/^[\x20-\x7eé]*$/)
    expect(lines.at(-1)).toContain('ARGS:\\"\\x1b[2J held "a\\" held \\"b\\\\\\x9b31m\\xe9\\x0d\\x0a"')
  })

  it("is cut where it gets longer than a person reads", () => {
    const many = Array.from({ length: 50 }, (_, index) => contributionOf(`ARGS:${index}`, "x".repeat(1000)))
    const lines = of({ contributions: many })
    expect(lines).toHaveLength(12)
    expect(lines[1]).toContain(`"${"x".repeat(200)}" and 800 bytes more`)
    expect(lines.at(-1)).toBe("  and 40 rules more")
    const alerts = Array.from({ length: 1500 }, (_, index) => alertOf(index, "exploitation"))
    const story = tell({ countermeasures: [], incidents: [], alerts })
    expect(story).toHaveLength(2001)
    expect(story.at(-1)).toBe("… and 1000 lines more")
  })

  it("says where in a file the alert came from", () => {
    expect(of({ origin: { file: "access.log", frame: null, line: 7 } })[0]).toContain(", access.log line 7)")
    expect(of({ origin: { file: "a.pcap", frame: 12, line: null }, masked: true })[0]).toContain(
      ", masked, a.pcap frame 12)",
    )
  })
})
