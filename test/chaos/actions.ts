import { type Alert, type AllowlistEntry, type Intent, type NetworkPolicy, prefix } from "../../src/core/index.ts"
import { alertOf } from "../support/alerts.ts"
import { gateway } from "./house.ts"
import { atOnce, blockMs, operator, proposing, stepMs } from "./policies.ts"
import type { Run } from "./run.ts"

/** Something that happens in a schedule. */
export type Action = (run: Run) => Promise<void>

// Friends from the start: none of them may ever be held back.
export const neverBlocked = [gateway, operator.from, "198.51.100.77"]
const attackers = Array.from({ length: 12 }, (_, n) => `203.0.113.${n + 1}`)
const intents: readonly Intent[] = ["reconnaissance", "exploitation", "exploitation", "installation", "delivery"]

const someone = (run: Run) => run.pick(attackers)

function newAlert(run: Run, attacker: string): Alert {
  const at = run.clock.now() - run.draw(5000)
  return alertOf(run.nextAlert(), run.pick(intents), { at, attacker })
}

/** Sends until it is acknowledged, now or later; what it leads to is promised once it is. */
async function send(run: Run, alerts: readonly Alert[]): Promise<void> {
  for (const alert of alerts) run.sent.push(alert)
  await run.deliver(alerts)
}

const accuse: Action = async (run) => {
  const count = 1 + run.draw(3)
  await send(
    run,
    Array.from({ length: count }, () => newAlert(run, someone(run))),
  )
}
const accuseFriend: Action = (run) => send(run, [newAlert(run, run.pick(neverBlocked))])

/** What was delivered comes again, in another order. */
const repeat: Action = async (run) => {
  if (run.sent.length === 0) return
  const some = Array.from({ length: 1 + run.draw(4) }, () => run.pick(run.sent))
  await run.deliver(some)
}

const block: Action = async (run) => {
  const address = someone(run)
  if (run.pledge.isFriend(address)) return
  const durationMs = run.draw(3) === 0 ? null : 30_000 + run.draw(600_000)
  const request = { target: prefix(address), direction: "inbound", durationMs, reason: "by hand" } as const
  const made = await run.ask((operations) => operations.block(request, operator))
  if (made === undefined) return
  run.pledge.blocked(address, made.expiresAt)
  run.pledge.did("block", `countermeasure:${made.id}`)
}

const undo: Action = async (run) => {
  const { items } = await run.store.countermeasures({ activeAt: run.clock.now(), limit: 1000 })
  // While decisions wait, what is undone may rightly come back.
  if (items.length === 0 || run.isTroubled()) return
  const one = run.pick(items)
  const falsePositive = run.draw(2) === 0
  const done = await run.ask((operations) => operations.undo(one.id, { falsePositive, comment: "" }, operator))
  if (done === undefined || !("target" in one)) return
  const address = one.target.replace("/32", "")
  if (done.endReason !== "expired") run.pledge.free(address)
  run.pledge.did(falsePositive ? "undo as false positive" : "undo", `countermeasure:${one.id}`)
}

const allow: Action = async (run) => {
  const address = someone(run)
  const entry = { prefix: prefix(address), comment: "a friend", expiresAt: null }
  const made = await run.ask((operations) => operations.allow(entry, operator))
  if (made === undefined) return
  run.pledge.free(address)
  run.pledge.friend(address, true)
  run.pledge.did("allow", `allowlist:${made.id}`)
}

const disallow: Action = async (run) => {
  const entries = await run.store.allowlist()
  const mine = entries.filter((one) => attackers.includes(addressOn(one)))
  if (mine.length === 0) return
  const who = addressOn(run.pick(mine))
  for (const entry of mine.filter((one) => addressOn(one) === who)) {
    const done = await run.ask((operations) => operations.disallow(entry.id, operator).then(() => true))
    if (done) run.pledge.did("disallow", `allowlist:${entry.id}`)
  }
  // One that could not be found was removed by the request whose answer was lost.
  if ((await run.store.allowlist()).some((one) => addressOn(one) === who)) return
  run.pledge.friend(who, false)
}

/** The tests put single addresses on the list. */
const addressOn = ({ prefix }: AllowlistEntry) => prefix?.replace("/32", "") ?? ""

/** A person blocks while another one undoes. */
const atTheSameTime: Action = async (run) => {
  const address = someone(run)
  if (run.pledge.isFriend(address)) return
  const { items } = await run.store.countermeasures({ activeAt: run.clock.now(), limit: 1000 })
  const mine = items.find((one) => "target" in one && one.target === prefix(address))
  run.pledge.unclear(address)
  const request = { target: prefix(address), direction: "inbound", durationMs: blockMs, reason: "by hand" } as const
  await Promise.all([
    run.ask((operations) => operations.block(request, operator)),
    mine && run.ask((operations) => operations.undo(mine.id, { falsePositive: false, comment: "" }, operator)),
    run.deliver([...run.sent.slice(-2)]),
  ])
  run.pledge.unclear(address)
}

const changePolicy: Action = async (run) => {
  const changed: NetworkPolicy = { ...atOnce, name: `Block who exploits (${run.draw(1000)})` }
  const done = await run.ask((operations) => operations.changePolicy(changed, operator))
  if (done !== undefined) run.pledge.did("policy", `policy:${atOnce.id}`)
}

const decide: Action = async (run) => {
  const head = (await run.store.recommendations()).find(({ policy }) => policy === proposing.id)
  if (head === undefined || run.isTroubled()) return
  const kind = run.draw(2) === 0 ? "accept" : "dismiss"
  const since = run.clock.now()
  const report = await run.ask((operations) =>
    operations.decideRecommendation(head.id, { kind, pending: null, why: "seen" }, operator),
  )
  for (const { target, state } of report?.items ?? [])
    if (state === "accepted" && typeof target === "string")
      run.pledge.blocked(target.replace("/32", ""), since + blockMs - stepMs)
}

const pass: Action = (run) => run.pass(1000 + run.draw(120_000))
const jump: Action = async (run) => run.jump((run.draw(2) === 0 ? 1 : -1) * (1000 + run.draw(3_600_000)))
const crash: Action = async (run) => run.dieAt(run.draw(8))
const crashNow: Action = async (run) => run.dieAt(0)
const flush: Action = async (run) => run.target.flush()
const troubleTarget: Action = async (run) => {
  run.target.trouble = run.pick(["refuses", "fails for some", "fails after half", null])
}
const troubleStore: Action = async (run) => {
  run.faults.storeRejects = !run.faults.storeRejects
}
const troubleAllowlist: Action = async (run) => {
  run.faults.allowlistUnreadable = !run.faults.allowlistUnreadable
}

/** Each with how often it comes. */
export const actions: readonly (readonly [name: string, weight: number, action: Action])[] = [
  ["accuse", 12, accuse],
  ["accuse a friend", 3, accuseFriend],
  ["repeat", 6, repeat],
  ["block", 4, block],
  ["undo", 4, undo],
  ["allow", 2, allow],
  ["disallow", 2, disallow],
  ["at the same time", 3, atTheSameTime],
  ["change a policy", 1, changePolicy],
  ["decide", 3, decide],
  ["pass", 6, pass],
  ["jump", 3, jump],
  ["crash", 5, crash],
  ["crash now", 2, crashNow],
  ["flush", 3, flush],
  ["trouble the target", 4, troubleTarget],
  ["trouble the store", 3, troubleStore],
  ["trouble the allowlist", 2, troubleAllowlist],
]
