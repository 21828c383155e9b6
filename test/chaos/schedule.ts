import { type Action, actions } from "./actions.ts"
import { type Facts, violations } from "./invariants.ts"
import { openRun, type Run } from "./run.ts"
import { storedIn } from "./stored.ts"

export interface RoundReport {
  readonly seed: number
  /** What happened, in order. */
  readonly history: readonly string[]
  readonly wrong: readonly string[]
  /** What the audit log and the countermeasures say of the addresses that something is wrong with, where it is. */
  readonly evidence: readonly string[]
}

const checks = 5
const actionsPerCheck = 10
const totalWeight = actions.reduce((sum, [, weight]) => sum + weight, 0)

/** One round: actions as the seed draws them, and a look at everything now and then, until something is wrong. */
export async function playRound(seed: number): Promise<RoundReport> {
  const run = await openRun(seed)
  const history: string[] = []
  try {
    for (let check = 0; check < checks; check++) {
      for (let n = 0; n < actionsPerCheck; n++) {
        const [name, action] = drawn(run)
        history.push(name)
        await action(run)
      }
      history.push("check")
      await run.heal()
      const wrong = [...violations(await factsOf(run)), ...(await whatRepeatsChange(run))]
      if (wrong.length > 0) return { seed, history, wrong, evidence: await evidenceOf(run, wrong) }
    }
    return { seed, history, wrong: [], evidence: [] }
  } finally {
    await run.close()
  }
}

function drawn(run: Run): readonly [string, Action] {
  let left = run.draw(totalWeight)
  for (const [name, weight, action] of actions) {
    if (left < weight) return [name, action]
    left -= weight
  }
  throw new Error("the weights do not add up")
}

async function evidenceOf({ store, sent, clock }: Run, wrong: readonly string[]): Promise<readonly string[]> {
  const { countermeasures, audit } = await storedIn(store)
  const addresses = wrong.flatMap((one) => one.match(/\d+\.\d+\.\d+\.\d+|cm_\w+/g) ?? [])
  const ids = countermeasures.filter((of) => "target" in of && addresses.includes(of.target.replace("/32", "")))
  const named = [...addresses, ...ids.map(({ id }) => id)]
  return [
    `now ${clock.now()}`,
    ...sent.filter(({ attacker }) => addresses.includes(attacker)).map((one) => `${one.id} ${one.intent} ${one.at}`),
    ...[...ids, ...audit].map((one) => JSON.stringify(one)).filter((text) => named.some((name) => text.includes(name))),
  ]
}

async function factsOf(run: Run): Promise<Facts> {
  return {
    now: run.clock.now(),
    toleranceMs: 2500,
    store: await storedIn(run.store),
    standing: run.target.standing(),
    trespasses: run.trespasses,
    promises: run.pledge.now(),
  }
}

/** Everything that was ever delivered comes once more: nothing may follow from it. */
async function whatRepeatsChange(run: Run): Promise<readonly string[]> {
  const shown = async () =>
    (await storedIn(run.store)).countermeasures.map(({ id, expiresAt, endedAt }) => `${id} ${expiresAt} ${endedAt}`)
  const before = new Set(await shown())
  await run.deliver(run.sent)
  const after = await shown()
  return after.filter((one) => !before.has(one)).map((one) => `repeated alerts led to ${one}`)
}
