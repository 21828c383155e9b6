import { describe, expect, it } from "vitest"
import { parsePolicies } from "./policy-file.ts"

const quarantine = `
id: quarantine-shop
name: Pause what calls home
kind: quarantine
on: { kind: alert, tactics: [TA0011] }
severity: high
count: 3
window: 10m
nodeKind: container
action: pause
for: 1h
mode: automatic
`

const network = `
id: slow-scanners
name: Slow down scanners
on: { kind: alert, intents: [reconnaissance] }
severity: low
window: 10m
direction: both
action: limit
rate: 20 kbytes/s
scope: { nodes: [web-1], tags: [production] }
enforcers: [nftables]
for: forever
`

describe("a file of policies", () => {
  it("has a quarantine policy as people write it", () => {
    expect(parsePolicies(quarantine, "q.yaml")).toEqual({
      kind: "ok",
      value: [
        {
          id: "quarantine-shop",
          name: "Pause what calls home",
          kind: "quarantine",
          enabled: true,
          mode: "automatic",
          on: { kind: "alert", classtypes: [], intents: [], tactics: ["TA0011"], techniques: [] },
          severity: "high",
          count: 3,
          windowMs: 600_000,
          nodeKind: "container",
          action: "pause",
          holdMs: 3_600_000,
          enforcers: [],
          scope: { nodes: [], tags: [] },
        },
      ],
    })
  })

  it("has a list, with network policies, and does nothing by itself unless it says so", () => {
    const text = `policies:
  - { id: a, name: A, on: { kind: incident, minStages: 2 }, severity: high, window: 1h, for: forever }
  - { id: b, name: B, kind: quarantine, on: { kind: incident }, severity: low, window: 1h, for: 2d, nodeKind: pod, action: remove }
`
    expect(parsePolicies(text, "p.yaml")).toMatchObject({
      kind: "ok",
      value: [
        { id: "a", kind: "network", mode: "interactive", blockMs: null, on: { rule: null, minStages: 2 } },
        { id: "b", kind: "quarantine", mode: "interactive", holdMs: 172_800_000, on: { rule: null, minStages: 1 } },
      ],
    })
  })

  it("has a network policy with all that it can say, and defaults for files that say less", () => {
    expect(parsePolicies(network, "n.yaml")).toMatchObject({
      kind: "ok",
      value: [
        {
          direction: "both",
          action: "limit",
          rate: { perSecond: 20_000, unit: "bytes" },
          scope: { nodes: ["web-1"], tags: ["production"] },
          enforcers: ["nftables"],
          blockMs: null,
        },
      ],
    })
    const plain = network.replace(/^(direction|action|rate|scope|enforcers):.*\n/gm, "")
    expect(plain.split("\n")).toHaveLength(network.split("\n").length - 5)
    expect(parsePolicies(plain, "n.yaml")).toMatchObject({
      kind: "ok",
      value: [{ direction: "inbound", action: "block", rate: null, scope: { nodes: [], tags: [] }, enforcers: [] }],
    })
  })

  const networkMistakes: readonly (readonly [string, string, RegExp])[] = [
    ["direction: both", "direction: sideways", /n\.yaml:7:12: direction: .*"inbound"\|"outbound"\|"both"/],
    ["action: limit", "action: throttle", /n\.yaml:8:9: action: .*"block"\|"limit"\|"challenge"\|"ignore"/],
    ["action: limit", "action: block", /n\.yaml:9:7: rate: only the action limit has a rate, and this is block/],
    ["rate: 20 kbytes/s\n", "", /n\.yaml:8:9: action: a limit needs a rate, such as 100 packets\/s/],
    ["rate: 20 kbytes/s", "rate: quick", /n\.yaml:9:7: rate: "quick" is no rate/],
    ["tags: [production]", "tag: [production]", /n\.yaml:10:\d+: scope\.tag: Unrecognized key: "tag"/],
    ["nodes: [web-1]", "nodes: [web-1, 7]", /n\.yaml:10:25: scope\.nodes\.1/],
  ]
  it.each(networkMistakes)("tells where a network policy is wrong: %s → %s", (right, wrong, expected) => {
    expect(networkMistakes).toHaveLength(7)
    const parsed = parsePolicies(network.replace(right, wrong), "n.yaml")
    const told = parsed.kind === "bad" ? parsed.diagnostics : []
    const lines = told.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
    expect(lines).toEqual([expect.stringMatching(expected)])
  })

  const mistakes: readonly (readonly [string, string, RegExp])[] = [
    ["action: pause", "action: freeze", /q\.yaml:10:9: .*action: .*"restart"\|"pause"/],
    ["nodeKind: container", "nodeKind: ship", /q\.yaml:9:11: .*nodeKind/],
    ["for: 1h", "for: soon", /q\.yaml:11:6: .*a length of time such as/],
    ["mode: automatic", "mod: automatic", /q\.yaml:12:6: mod: Unrecognized key: "mod"/],
    ["tactics: [TA0011]", "tactics: [TA11]", /q\.yaml:5:\d+: .*on\.tactics\.0/],
    ["action: pause\n", "", /action/],
  ]
  it.each(mistakes)("tells where it is wrong: %s → %s", (right, wrong, expected) => {
    expect(mistakes).toHaveLength(6)
    const parsed = parsePolicies(quarantine.replace(right, wrong), "q.yaml")
    const told = parsed.kind === "bad" ? parsed.diagnostics : []
    const lines = told.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
    expect(lines).toEqual([expect.stringMatching(expected)])
  })
})
