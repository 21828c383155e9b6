import type { Server } from "./process.ts"
import type { Step, Subject } from "./steps.ts"
import type { World } from "./world.ts"

export interface Kills {
  /** How often the server died, and where. */
  readonly points: readonly string[]
  /** What was not as it has to be, with where the server died before. */
  readonly wrong: readonly string[]
}

// Far more than any step has; a step that never ends is a mistake.
const most = 60

/** Takes a step again and again, each time for another address, with a server that dies one point later, until it outlives the step. */
export async function killAtEachPoint(world: World, step: Step, next: () => Subject): Promise<Kills> {
  const points: string[] = []
  const wrong: string[] = []
  for (let at = 0; at < most; at++) {
    const who = next()
    await step.prepare(world, who)
    wrong.push(...(await world.settled()).map((one) => `before it began: ${one}`))
    const server = world.server()
    await server.arm(at)
    await step.act(world, who)
    await world.settled()
    if (!(await diedAt(server))) {
      wrong.push(...(await world.settled()).map((one) => `undisturbed: ${one}`))
      return { points, wrong }
    }
    const point = `${at}: ${server.trace().at(-1)}`
    points.push(point)
    await world.revive()
    wrong.push(...(await world.settled()).map((one) => `killed ${point} (${who.address}): ${one}`))
  }
  return { points, wrong: [...wrong, `"${step.name}" has more than ${most} points`] }
}

/** Whether it is gone; if not, it will not die any more. */
async function diedAt(server: Server): Promise<boolean> {
  try {
    await server.arm(null)
    return false
  } catch {
    return true
  }
}
