import { describe, expect, it } from "vitest"
import { actions } from "./actions.ts"
import { playRound } from "./schedule.ts"

const seed = Number(process.env.THWART_CHAOS_SEED ?? Date.now() % 1_000_000)
const rounds = Number(process.env.THWART_CHAOS_ROUNDS ?? 40)

describe("random schedules of everything that may go wrong", () => {
  it(`loses, doubles and forgets nothing (THWART_CHAOS_SEED=${seed}, ${rounds} rounds)`, async () => {
    process.stderr.write(`  chaos: THWART_CHAOS_SEED=${seed} THWART_CHAOS_ROUNDS=${rounds}\n`)
    const happened = new Set<string>()
    for (let round = seed; round < seed + rounds; round++) {
      const { history, wrong, evidence } = await playRound(round)
      expect({ round, wrong, history, evidence }).toEqual({ round, wrong: [], history, evidence: [] })
      for (const action of history) happened.add(action)
    }
    expect(actions).toHaveLength(18)
    if (rounds >= 40) expect(happened.size).toBe(actions.length + 1)
  }, 3_600_000)
})
