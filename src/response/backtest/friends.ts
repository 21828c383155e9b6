import {
  type AlertId,
  type BacktestFriend,
  type BlockCountermeasure,
  type Countermeasure,
  holds,
  holdsBack,
  type Incident,
  type IpAddress,
  overlaps,
  parseCidr,
  subjectOf,
} from "../../core/index.ts"
import type { Store } from "../../store/store.ts"
import { type Allowlist, indexAllowlist } from "../allowlist/index.ts"
import { each } from "./gather.ts"
import type { BacktestDeps } from "./services.ts"

export type Hurt = Omit<BacktestFriend, "outcome">

/** Tells whom a countermeasure would have hurt, by all that is known today. */
export interface Friends {
  of(countermeasure: Countermeasure, alerts: readonly AlertId[]): Promise<Hurt | undefined>
}

interface Known {
  readonly allowlist: Allowlist
  readonly operators: ReadonlyMap<string, string>
  readonly misjudged: ReadonlyMap<IpAddress, Incident>
  readonly undone: ReadonlyMap<string, Countermeasure>
  readonly exceptions: Awaited<ReturnType<Store["ruleExceptions"]>>
}

// Looked through for friends, newest first; some seconds of work at most.
const mostLookedThrough = 50_000
// Entries of strangers, who are no friends by them.
const strangers = new Set(["sign-in failed", "password not changed"])

export async function createFriends({ store, clock, asnsOf }: BacktestDeps): Promise<Friends> {
  const entries = (await store.allowlist()).filter((entry) => holds(entry, clock.now()))
  const known = { ...(await read(store)), allowlist: indexAllowlist(entries, asnsOf) }
  return {
    of: async (one, alerts) => {
      const found = (holdsBack(one) ? byTarget(one, known) : undefined) ?? byCause(one, known)
      const [kind, why] = found ?? (await byVerdicts(alerts, store)) ?? []
      return kind === undefined || why === undefined
        ? undefined
        : { subject: subjectOf(one), kind, why, at: one.createdAt }
    },
  }
}

type Why = readonly [kind: BacktestFriend["kind"], why: string]

function byTarget({ target, reason }: BlockCountermeasure, known: Known): Why | undefined {
  const entry = known.allowlist.protecting(target, reason.nodes)
  if (entry !== undefined) return ["allowlist", `on the allowlist now (${entry.comment}; ${entry.owner})`]
  const address = target.slice(0, target.indexOf("/"))
  const operator = known.operators.get(address)
  if (operator !== undefined) return ["operator", `${operator} worked with Thwart from this address`]
  const exception = known.exceptions.find(({ source }) => source !== null && overlaps(source, target))
  if (exception === undefined) return undefined
  return ["exception", `an exception from rules was made for it (${exception.id}; ${exception.owner})`]
}

function byCause(one: Countermeasure, { misjudged, undone }: Known): Why | undefined {
  const before = undone.get(subjectOf(one))
  if (before !== undefined)
    return ["false-positive", `${before.endedBy ?? "somebody"} ended ${before.id} against it as a false positive`]
  if (!holdsBack(one)) return undefined
  // The cast holds: policies block single addresses, and these are canonical.
  const incident = misjudged.get(one.target.slice(0, one.target.indexOf("/")) as IpAddress)
  return incident && ["false-positive", `the incident ${incident.id} of this address was called a false positive`]
}

/** A mark of an analyst on one of the alerts is enough, where nobody marked another as true. */
async function byVerdicts(alerts: readonly AlertId[], store: Store): Promise<Why | undefined> {
  const marks = await store.verdicts(alerts.slice(0, 1000))
  const wrong = marks.filter(({ verdict }) => verdict === "false-positive").length
  if (wrong === 0 || wrong < marks.length) return undefined
  return ["false-positive", `${wrong} of the alerts behind it ${wrong === 1 ? "was" : "were"} marked false positive`]
}

async function read(store: Store): Promise<Omit<Known, "allowlist">> {
  const operators = new Map<string, string>()
  for await (const { who, from, action } of each((cursor) => store.audit({ limit: 1000, cursor }), mostLookedThrough)) {
    if (from === null || strangers.has(action) || !/^(user|token):/.test(who)) continue
    const address = parseCidr(from)
    if (address !== undefined) operators.set(address.slice(0, address.indexOf("/")), who)
  }
  const misjudged = new Map<IpAddress, Incident>()
  const incidents = (cursor: string | undefined) => store.incidents({ status: "false-positive", limit: 1000, cursor })
  for await (const incident of each(incidents, mostLookedThrough)) misjudged.set(incident.attacker, incident)
  const undone = new Map<string, Countermeasure>()
  for await (const one of each((cursor) => store.countermeasures({ limit: 1000, cursor }), mostLookedThrough))
    if (one.endReason === "false-positive") undone.set(subjectOf(one), one)
  return { operators, misjudged, undone, exceptions: await store.ruleExceptions() }
}
