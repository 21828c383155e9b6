import { type NetworkPolicy, networkPolicy } from "../../src/core/index.ts"

export const blockMs = 600_000
/** A block is not prolonged for less than this (response/prolong.ts). */
export const stepMs = blockMs / 60

const base = { enabled: true, severity: "high", count: 1, windowMs: 600_000, blockMs, enforcers: [] }
const onAlertsOf = (intent: string) => ({
  kind: "alert",
  classtypes: [],
  intents: [intent],
  tactics: [],
  techniques: [],
})

/** Who exploits is blocked at once. */
export const atOnce: NetworkPolicy = networkPolicy.parse({
  ...base,
  id: "chaos/at-once",
  name: "Block who exploits",
  mode: "automatic",
  on: onAlertsOf("exploitation"),
})

/** Who delivers is proposed. */
export const proposing: NetworkPolicy = networkPolicy.parse({
  ...base,
  id: "chaos/proposing",
  name: "Propose who delivers",
  mode: "interactive",
  on: onAlertsOf("delivery"),
})

/** Three installations are too many. */
export const counting: NetworkPolicy = networkPolicy.parse({
  ...base,
  id: "chaos/counting",
  name: "Block who installs three times",
  mode: "automatic",
  count: 3,
  on: onAlertsOf("installation"),
})

/** An attack in three stages is one. */
export const chain: NetworkPolicy = networkPolicy.parse({
  ...base,
  id: "chaos/chain",
  name: "Contain a chain",
  mode: "automatic",
  on: { kind: "incident", rule: null, minStages: 3 },
})

export const operator = { who: "user:ada", from: "192.0.2.7" }
