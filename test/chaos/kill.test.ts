import { describe, expect, it } from "vitest"
import { has } from "../support/requirements.ts"
import { killAtEachPoint } from "./kills.ts"
import { inKernel, inMemory } from "./places.ts"
import { atOnce, operator, proposing } from "./policies.ts"
import { createPledge, type Pledge } from "./promises.ts"
import { type Step, steps } from "./steps.ts"
import { createWorld, type TargetPlace } from "./world.ts"

const timeoutMs = 180_000

/** Takes the step with a server, a store and a target of its own, killed at each of its points. */
async function survives(step: Step, place: (pledge: Pledge) => TargetPlace, database: string | null = null) {
  const pledge = createPledge()
  const world = await createWorld({ database, pledge, place: place(pledge) })
  let n = 0
  try {
    for (const policy of [atOnce, proposing]) await world.insist((ask) => ask.changePolicy(policy, operator))
    const { points, wrong } = await killAtEachPoint(world, step, () => ({ n: ++n, address: `203.0.113.${n}` }))
    if (process.env.THWART_CHAOS_TRACE !== undefined) process.stderr.write(`${step.name}: ${points.join("; ")}\n`)
    expect(wrong).toEqual([])
    expect(points.length).toBeGreaterThanOrEqual(step.leastPoints)
  } finally {
    await world.close()
  }
}

const named = (wanted: readonly Step[]) => wanted.map((step) => [step.name, step] as const)
const someOf = (...names: readonly string[]) => {
  const some = steps.filter(({ name }) => names.includes(name))
  expect(some).toHaveLength(names.length)
  return named(some)
}

describe("a server that is killed at each step of a countermeasure's life", () => {
  it("knows the steps of a life", () => {
    expect(steps).toHaveLength(9)
  })

  it.concurrent.each(named(steps))("%s", (_, step) => survives(step, inMemory), timeoutMs)
})

describe.runIf(has("a killed server and the kernel", "root", "nft", "ip"))("the same with nftables", () => {
  it.concurrent.each(
    someOf("an alert brings a block", "a person undoes", "a block ends", "somebody takes everything out of the target"),
  )("%s", (_, step) => survives(step, inKernel), timeoutMs)
})

describe.runIf(has("a killed server and PostgreSQL", "postgres"))("the same with PostgreSQL", () => {
  it.concurrent.each(someOf("an alert brings a block", "a recommendation is accepted"))(
    "%s",
    (_, step) => survives(step, inMemory, process.env.THWART_TEST_POSTGRES ?? null),
    timeoutMs,
  )
})
