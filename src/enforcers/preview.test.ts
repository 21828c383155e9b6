import { describe, expect, it } from "vitest"
import { createManualClock, prefix } from "../core/index.ts"
import type { Block } from "./enforcer.ts"
import { createHttpEnforcer } from "./http/index.ts"
import { previewBlock } from "./preview.ts"

const signal = new AbortController().signal

describe("the preview of a block", () => {
  const clock = createManualClock(1_700_000_000_000)
  const block = (target: string): Block => ({
    target: prefix(target),
    direction: "inbound",
    expiresAt: clock.now() + 60_000,
  })

  it("tells what is due because of it, and not what is due anyway; of what holds already, nothing", async () => {
    const enforcer = createHttpEnforcer({ clock })
    const [old, due, more] = [block("203.0.113.1"), block("203.0.113.2"), block("203.0.113.3")]
    await enforcer.apply([{ kind: "add", block: old }], signal)
    const preview = await previewBlock({ enforcer, clock, desired: [old, due], more: [more] }, signal)
    expect(preview).toMatchObject({
      calls: [{ call: "add inbound 203.0.113.3/32" }],
      note: "the changes; this enforcer does not tell its calls",
    })
    const longer = { ...old, expiresAt: clock.now() + 120_000 }
    const extended = await previewBlock({ enforcer, clock, desired: [old], more: [longer] }, signal)
    expect(extended.calls.map(({ call }) => call)).toEqual(["extend inbound 203.0.113.1/32"])
    expect(await previewBlock({ enforcer, clock, desired: [old], more: [old] }, signal)).toEqual({
      calls: [],
      note: "nothing has to be done: the target holds it already",
    })
    expect(await enforcer.observe(signal)).toEqual([old])
  })
})
