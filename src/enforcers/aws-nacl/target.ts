import { type Cidr, type Clock, type Direction, familyOf, type Millis, parseCidr } from "../../core/index.ts"
import { awsErrorIn } from "../aws/call.ts"
import { record, records, text } from "../aws/json.ts"
import type { NaclAction, NaclApi } from "./client.ts"
import type { AwsNaclSettings, NetworkAclArn } from "./config.ts"
import type { Slot } from "./planner.ts"

/** An entry of a network ACL. */
export interface Entry {
  readonly number: number
  readonly direction: Direction
  readonly cidr: Cidr
  readonly allows: boolean
  readonly allProtocols: boolean
  readonly isOurs: boolean
}

export interface Snapshot {
  readonly entries: readonly Entry[]
  /** Numbers of the range that nobody uses. */
  free(direction: Direction): readonly number[]
  /** False while AWS still shows something older than what was written. */
  readonly shown: boolean
}

export interface TargetDeps {
  readonly api: NaclApi
  readonly clock: Clock
  readonly sleep: (ms: Millis, signal: AbortSignal) => Promise<void>
}

/** What can be read and changed of one network ACL. */
export interface Target {
  read(signal: AbortSignal): Promise<Snapshot>
  /** As `read`, and waits until AWS shows what was written; after ten seconds it answers with what it shows. */
  readShown(signal: AbortSignal): Promise<Snapshot>
  change(kind: "create" | "replace" | "remove", slot: Slot, direction: Direction, signal: AbortSignal): Promise<void>
  forget(): void
}

const showWaitsMs: readonly Millis[] = [0, 250, 500, 1000, 2000, 3000, 3000]
const actions = {
  create: "CreateNetworkAclEntry",
  replace: "ReplaceNetworkAclEntry",
  remove: "DeleteNetworkAclEntry",
} as const satisfies Record<string, NaclAction>

export function createTarget(
  { api, clock, sleep }: TargetDeps,
  { region, id }: NetworkAclArn,
  { ruleNumbers }: Pick<AwsNaclSettings, "ruleNumbers">,
): Target {
  /** By direction and number: what we wrote there last, until AWS shows it; null: nothing. */
  const written = new Map<
    string,
    { readonly cidr: Cidr | null; readonly direction: Direction; readonly number: number }
  >()
  /** Numbers that AWS said are taken although it does not show them yet. */
  const taken = new Map<string, Millis>()
  const slotKey = (direction: Direction, number: number) => `${direction} ${number}`

  const entryOf = (raw: unknown): readonly Entry[] => {
    const { RuleNumber, Egress, Protocol, RuleAction, CidrBlock, Ipv6CidrBlock } = record(raw)
    const cidr = parseCidr(text(CidrBlock) || text(Ipv6CidrBlock))
    const number = Number(RuleNumber)
    if (cidr === undefined) return []
    const [allows, allProtocols] = [RuleAction === "allow", Protocol === "-1"]
    const isOurs = !allows && allProtocols && number >= ruleNumbers.from && number <= ruleNumbers.to
    return [{ number, direction: Egress === true ? "outbound" : "inbound", cidr, allows, allProtocols, isOurs }]
  }
  const overlaid = (told: readonly Entry[]): { readonly entries: readonly Entry[]; readonly shown: boolean } => {
    const entries = new Map(told.map((entry) => [slotKey(entry.direction, entry.number), entry]))
    for (const [key, { cidr, direction, number }] of written) {
      if ((entries.get(key)?.cidr ?? null) === cidr) written.delete(key)
      else if (cidr === null) entries.delete(key)
      else entries.set(key, { number, direction, cidr, allows: false, allProtocols: true, isOurs: true })
    }
    return { entries: [...entries.values()], shown: written.size === 0 }
  }
  const read = async (signal: AbortSignal): Promise<Snapshot> => {
    const answer = await api({ region, action: "DescribeNetworkAcls", input: { NetworkAclIds: [id] } }, signal)
    const { entries, shown } = overlaid(records(record(records(answer.NetworkAcls)[0]).Entries).flatMap(entryOf))
    return {
      entries,
      shown,
      free: (direction) => {
        const used = new Set(entries.filter((entry) => entry.direction === direction).map(({ number }) => number))
        const numbers = Array.from({ length: ruleNumbers.to - ruleNumbers.from + 1 }, (_, at) => ruleNumbers.from + at)
        return numbers.filter((number) => !used.has(number) && !isTaken(slotKey(direction, number)))
      },
    }
  }
  const isTaken = (key: string) => clock.now() - (taken.get(key) ?? Number.NEGATIVE_INFINITY) < 60_000

  return {
    read,
    readShown: async (signal) => {
      for (const waitMs of showWaitsMs) {
        if (waitMs > 0) await sleep(waitMs, signal)
        const snapshot = await read(signal)
        if (snapshot.shown) return snapshot
      }
      // From here on what AWS shows is the truth, whatever was written.
      written.clear()
      return read(signal)
    },
    change: async (kind, { number, cidr }, direction, signal) => {
      const slot = { NetworkAclId: id, RuleNumber: number, Egress: direction === "outbound" }
      const block = familyOf(cidr) === 4 ? { CidrBlock: cidr } : { Ipv6CidrBlock: cidr }
      const input = kind === "remove" ? slot : { ...slot, Protocol: "-1", RuleAction: "deny", ...block }
      const key = slotKey(direction, number)
      try {
        await api({ region, action: actions[kind], input }, signal)
      } catch (error) {
        const name = awsErrorIn(error)?.name
        if (name === "NetworkAclEntryAlreadyExists") taken.set(key, clock.now())
        if (name === "InvalidNetworkAclEntry.NotFound") written.set(key, { cidr: null, direction, number })
        throw error
      }
      written.set(key, { cidr: kind === "remove" ? null : cidr, direction, number })
    },
    forget: () => written.clear(),
  }
}
