import { describe, expect, it } from "vitest"
import { systemClock } from "../../src/core/index.ts"
import type { Block } from "../../src/enforcers/index.ts"
import { killAtEachPoint } from "./kills.ts"
import { atOnce, operator, proposing } from "./policies.ts"
import { createPledge } from "./promises.ts"
import { steps } from "./steps.ts"
import { createMemoryTarget } from "./target.ts"
import { createWorld, type World } from "./world.ts"

/** A server with a target of its own, and two policies. */
async function openWorld(): Promise<World> {
  const pledge = createPledge()
  const trespasses: string[] = []
  const onStand = ({ target }: Block) => {
    if (pledge.isFriend(target.replace("/32", ""))) trespasses.push(`${target} was put in force, and is a friend`)
  }
  const target = createMemoryTarget({ kernelClock: systemClock, wallClock: systemClock, onStand })
  const { standing } = target
  const world = await createWorld({
    database: null,
    netns: null,
    pledge,
    target,
    standing,
    trespasses: () => trespasses,
  })
  for (const policy of [atOnce, proposing]) await world.insist((ask) => ask.changePolicy(policy, operator))
  return world
}

describe("a server that is killed at each step of a countermeasure's life (SQLite, a target in memory)", () => {
  it("knows the steps of a life", () => {
    expect(steps).toHaveLength(8)
  })

  it.concurrent.each(steps.map((step) => [step.name, step] as const))(
    "%s",
    async (_, step) => {
      const world = await openWorld()
      let n = 0
      try {
        const { points, wrong } = await killAtEachPoint(world, step, () => ({ n: ++n, address: `203.0.113.${n}` }))
        if (process.env.THWART_CHAOS_TRACE !== undefined) process.stderr.write(`${step.name}: ${points.join("; ")}\n`)
        expect(wrong).toEqual([])
        expect(points.length).toBeGreaterThanOrEqual(step.leastPoints)
      } finally {
        await world.close()
      }
    },
    120_000,
  )
})
