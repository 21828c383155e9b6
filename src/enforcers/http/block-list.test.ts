import { describe, expect, it } from "vitest"
import { address, createManualClock, prefix } from "../../core/index.ts"
import { itKeepsTheContract } from "../contract.ts"
import { createHttpEnforcer } from "./block-list.ts"

const signal = new AbortController().signal
const start = 1_700_000_000_000

describe("the HTTP block list", () => {
  itKeepsTheContract(async () => {
    const clock = createManualClock(start)
    const enforcer = createHttpEnforcer({ clock })
    return {
      enforcer,
      again: undefined,
      directions: ["inbound"],
      now: clock.now,
      pass: async (ms) => clock.advance(ms),
      foreign: async () => "",
      holds: async (text) => enforcer.blockOf(address(text)) !== undefined,
      close: async () => undefined,
    }
  })

  it("refuses at the lookup itself what has ended, without a round in between", async () => {
    const clock = createManualClock(start)
    const enforcer = createHttpEnforcer({ clock })
    const block = { target: prefix("203.0.113.0/24"), direction: "inbound", expiresAt: start + 1000 } as const
    await enforcer.apply([{ kind: "add", block }], signal)
    expect(enforcer.blockOf(address("203.0.113.9"))).toEqual(block)
    clock.advance(1000)
    expect(enforcer.blockOf(address("203.0.113.9"))).toBeUndefined()
  })

  it("says that it is full, and makes room by what has ended", async () => {
    const clock = createManualClock(start)
    const enforcer = createHttpEnforcer({ clock }, { maxEntries: 2 })
    const add = (target: string, expiresAt: number | null) =>
      enforcer.apply([{ kind: "add", block: { target: prefix(target), direction: "inbound", expiresAt } }], signal)
    await add("203.0.113.1", start + 1000)
    await add("203.0.113.2", null)
    expect(await add("203.0.113.3", null)).toEqual([
      { kind: "not-enforced", reason: "capacity: the list is full (2 entries)" },
    ])
    clock.advance(1000)
    expect(await add("203.0.113.3", null)).toEqual([{ kind: "applied" }])
  })

  it("says that it can't refuse what goes out", async () => {
    const enforcer = createHttpEnforcer({ clock: createManualClock(start) })
    const block = { target: prefix("203.0.113.1"), direction: "outbound", expiresAt: null } as const
    expect(await enforcer.apply([{ kind: "add", block }], signal)).toEqual([
      { kind: "not-enforced", reason: "the HTTP guard refuses inbound requests only" },
    ])
  })
})
