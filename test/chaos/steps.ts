import { setTimeout as sleep } from "node:timers/promises"
import { prefix } from "../../src/core/index.ts"
import { alertOf } from "../support/alerts.ts"
import { atOnce, blockMs, operator, proposing, stepMs } from "./policies.ts"
import type { World } from "./world.ts"

/** A part of a countermeasure's life, of an address that nobody heard of before. */
export interface Step {
  readonly name: string
  /** How often it can be killed at least. */
  readonly leastPoints: number
  /** What comes before it, undisturbed. */
  prepare(world: World, who: Subject): Promise<void>
  /** Disturbed, and asked for again until it is answered. */
  act(world: World, who: Subject): Promise<void>
}

export interface Subject {
  readonly address: string
  /** For ids of its own. */
  readonly n: number
}

const nothing = async () => undefined

async function accuse(world: World, { address, n }: Subject, intent: "exploitation" | "delivery"): Promise<void> {
  const alert = alertOf(n, intent, { at: Date.now(), attacker: address })
  const since = Date.now()
  await world.insist(({ ingest }) => ingest([alert]))
  world.pledge.stored([alert.id])
  if (intent === "exploitation") world.pledge.blocked(address, since + blockMs - stepMs)
}

async function block(world: World, { address }: Subject, durationMs: number | null): Promise<void> {
  const request = { target: prefix(address), direction: "inbound", durationMs, reason: "by hand" } as const
  const made = await world.insist((ask) => ask.block(request, operator))
  world.pledge.blocked(address, made.expiresAt)
  world.pledge.did("block", `countermeasure:${made.id}`)
}

async function undo(world: World, { address }: Subject, falsePositive: boolean): Promise<void> {
  const { items } = await world.store.countermeasures({ limit: 1000 })
  const found = items.find((one) => "target" in one && one.target === prefix(address))
  if (found === undefined) throw new Error(`there is no countermeasure for ${address}`)
  await world.insist((ask) => ask.undo(found.id, { falsePositive, comment: "a friend" }, operator))
  world.pledge.free(address)
  world.pledge.did(falsePositive ? "undo as false positive" : "undo", `countermeasure:${found.id}`)
}

async function allow(world: World, { address }: Subject): Promise<void> {
  const entry = { prefix: prefix(address), comment: "a friend", expiresAt: null }
  const made = await world.insist((ask) => ask.allow(entry, operator))
  world.pledge.free(address)
  world.pledge.friend(address, true)
  world.pledge.did("allow", `allowlist:${made.id}`)
}

async function accept(world: World, { address }: Subject): Promise<void> {
  const since = Date.now()
  await world.insist(async (ask) => {
    const head = (await world.store.recommendations()).find(({ policy }) => policy === proposing.id)
    // Accepted by the request whose answer was lost.
    if (head === undefined) return
    await ask.decideRecommendation(head.id, { kind: "accept", pending: null, why: "seen" }, operator)
  })
  world.pledge.blocked(address, since + blockMs - stepMs)
}

export const steps: readonly Step[] = [
  {
    name: "an alert brings a block",
    leastPoints: 6,
    prepare: nothing,
    act: (world, who) => accuse(world, who, "exploitation"),
  },
  {
    name: "a person blocks",
    leastPoints: 6,
    prepare: nothing,
    act: (world, who) => block(world, who, null),
  },
  {
    name: "a person undoes",
    leastPoints: 5,
    prepare: (world, who) => block(world, who, blockMs),
    act: (world, who) => undo(world, who, false),
  },
  {
    name: "a false positive is undone, and its alert comes again",
    leastPoints: 5,
    prepare: (world, who) => accuse(world, who, "exploitation"),
    act: async (world, who) => {
      await undo(world, who, true)
      const { items } = await world.store.alerts({ limit: 1000 })
      const again = items.filter(({ attacker }) => attacker === who.address)
      await world.insist(({ ingest }) => ingest(again))
    },
  },
  {
    name: "a block ends",
    // The target may let go of it first, and then takes no change.
    leastPoints: 2,
    prepare: (world, who) => block(world, who, 2000),
    act: async (world, { address }) => {
      const { items } = await world.store.countermeasures({ limit: 1000 })
      const mine = items.find((one) => "target" in one && one.target === prefix(address))
      await sleep((mine?.expiresAt ?? 0) - Date.now() + 50)
      world.pledge.free(address)
    },
  },
  {
    name: "a recommendation is accepted",
    leastPoints: 6,
    prepare: (world, who) => accuse(world, who, "delivery"),
    act: accept,
  },
  {
    name: "a friend is allowed while blocked",
    leastPoints: 5,
    prepare: (world, who) => accuse(world, who, "exploitation"),
    act: allow,
  },
  {
    name: "a policy is changed, and its alert comes",
    leastPoints: 8,
    prepare: nothing,
    act: async (world, who) => {
      const changed = { ...atOnce, name: `Block who exploits (${who.n})` }
      await world.insist((ask) => ask.changePolicy(changed, operator))
      world.pledge.did("policy", `policy:${atOnce.id}`)
      await accuse(world, who, "exploitation")
    },
  },
  {
    name: "somebody takes everything out of the target",
    leastPoints: 2,
    prepare: (world, who) => block(world, who, null),
    act: async (world) => world.flush(),
  },
]
