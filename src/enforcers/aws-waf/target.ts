import { type Cidr, type Clock, type Millis, parseCidr, ThwartError } from "../../core/index.ts"
import { awsErrorIn } from "../aws/call.ts"
import { type Json, record, records, text, texts } from "../aws/json.ts"
import type { WebAclArn } from "./arn.ts"
import type { WafAction, WafApi } from "./client.ts"
import { isMarked, type Names, type SetPlace } from "./names.ts"
import { createNewest, type Reading } from "./newest.ts"
import { foreignUnderOurName } from "./rules.ts"

export interface OurSet extends SetPlace {
  readonly name: string
  readonly id: string
  readonly arn: string
  readonly token: string
  readonly addresses: readonly Cidr[]
  /** False while the service itself still shows an older state. */
  readonly shown: boolean
}

/** A web ACL and our sets, as new as they are known. */
export interface Snapshot {
  readonly webAcl: Json
  readonly rules: readonly Json[]
  readonly token: string
  readonly shown: boolean
  readonly sets: readonly OurSet[]
}

export interface TargetDeps {
  readonly api: WafApi
  readonly clock: Clock
  readonly sleep: (ms: Millis, signal: AbortSignal) => Promise<void>
}

/** What can be read and changed of one web ACL and the IP sets that are ours. Changes carry the token of what was read. */
export interface Target {
  read(signal: AbortSignal): Promise<Snapshot>
  /** As `read`, and waits until the service shows what was written; after ten seconds it answers with what it has. */
  readShown(signal: AbortSignal): Promise<Snapshot>
  createSet(place: SetPlace, addresses: readonly Cidr[], signal: AbortSignal): Promise<OurSet>
  writeSet(set: OurSet, addresses: readonly Cidr[], signal: AbortSignal): Promise<void>
  deleteSet(set: OurSet, signal: AbortSignal): Promise<void>
  writeRules(of: Snapshot, rules: readonly Json[], signal: AbortSignal): Promise<void>
  /** Takes nothing for written any more. */
  forget(): void
}

type SetValue = Pick<OurSet, "id" | "arn" | "addresses">

const pageSize = 100
const showWaitsMs: readonly Millis[] = [0, 250, 500, 1000, 2000, 3000, 3000]

/** Told by the service, and refused or ignored when sent back. */
const toldOnly = new Set([
  "ARN",
  "Capacity",
  "LabelNamespace",
  "ManagedByFirewallManager",
  "PreProcessFirewallManagerRuleGroups",
  "PostProcessFirewallManagerRuleGroups",
  "RetrofittedByFirewallManager",
])

export function createTarget({ api, clock, sleep }: TargetDeps, webAcl: WebAclArn, names: Names): Target {
  const { region, scope, name, id } = webAcl
  const acls = createNewest<Json>(clock)
  const sets = createNewest<SetValue>(clock)
  const deleted = new Set<string>()

  const call = (action: WafAction, input: Json, signal: AbortSignal) =>
    api({ region, action, input: { Scope: scope, ...input } }, signal)

  const listSets = async (signal: AbortSignal): Promise<readonly Json[]> => {
    const found: Json[] = []
    let marker: Json = {}
    for (;;) {
      const page = await call("ListIPSets", { Limit: pageSize, ...marker }, signal)
      found.push(...records(page.IPSets))
      if (text(page.NextMarker) === "") return found
      marker = { NextMarker: page.NextMarker }
    }
  }
  const readSet = async (of: { readonly name: string; readonly id: string }, signal: AbortSignal) => {
    const reading = await readingOf(of, signal)
    const newest = sets.of(of.name, reading)
    const place = names.placeOfSet(of.name)
    return newest === undefined || place === undefined
      ? []
      : [{ ...place, name: of.name, token: newest.token, shown: newest.shown, ...newest.value }]
  }
  /** Undefined when there is none, or none yet. */
  const readingOf = async (
    of: { readonly name: string; readonly id: string },
    signal: AbortSignal,
  ): Promise<Reading<SetValue> | undefined> => {
    try {
      const { IPSet, LockToken } = await call("GetIPSet", { Name: of.name, Id: of.id }, signal)
      const set = record(IPSet)
      // The service writes IPv6 in its own way.
      const addresses = texts(set.Addresses).map((one) => parseCidr(one) ?? unreadable(one, of.name))
      return { token: text(LockToken), value: { id: text(set.Id), arn: text(set.ARN), addresses } }
    } catch (error) {
      if (awsErrorIn(error)?.name === "WAFNonexistentItemException") return undefined
      throw error
    }
  }
  /** Ours by name and mark; a set that has our name and not our mark is somebody else's, and in the way. */
  const ourSets = (listed: readonly Json[]) => {
    const ours = listed.filter((set) => names.placeOfSet(text(set.Name)) !== undefined && !deleted.has(text(set.Id)))
    const foreign = ours.find((set) => !isMarked(set, names))
    if (foreign !== undefined)
      throw new ThwartError(
        "THWART_AWS_FAILED",
        `AWS WAF, web ACL ${name}: the IP set "${text(foreign.Name)}" is in ${region}, but its description does not say that it is Thwart's ("${names.mark}"); rename it, or choose another namePrefix`,
      )
    const known = new Map(ours.map((set) => [text(set.Name), text(set.Id)]))
    for (const key of sets.keys()) {
      const remembered = sets.of(key, undefined)
      if (!known.has(key) && remembered !== undefined) known.set(key, remembered.value.id)
    }
    return [...known].map(([setName, setId]) => ({ name: setName, id: setId }))
  }
  const read = async (signal: AbortSignal): Promise<Snapshot> => {
    const [told, listed] = await Promise.all([call("GetWebACL", { Name: name, Id: id }, signal), listSets(signal)])
    const reading = { token: text(told.LockToken), value: record(told.WebACL) }
    const newest = acls.of(id, reading) ?? { ...reading, shown: true }
    const rules = records(newest.value.Rules)
    const foreign = foreignUnderOurName(rules, names)
    if (foreign !== undefined)
      throw new ThwartError(
        "THWART_AWS_FAILED",
        `AWS WAF, web ACL ${name}: the rule "${foreign}" looks at something that is not Thwart's; rename it, or choose another namePrefix`,
      )
    const found = await Promise.all(ourSets(listed).map((set) => readSet(set, signal)))
    return { webAcl: newest.value, rules, token: newest.token, shown: newest.shown, sets: found.flat() }
  }
  const noteConflict = (error: unknown, note: { readonly lock: () => void; readonly gone: () => void }): never => {
    const said = awsErrorIn(error)?.name
    if (said === "WAFOptimisticLockException") note.lock()
    if (said === "WAFNonexistentItemException") note.gone()
    throw error
  }

  return {
    read,
    readShown: async (signal) => {
      let snapshot: Snapshot | undefined
      for (const waitMs of showWaitsMs) {
        if (waitMs > 0) await sleep(waitMs, signal)
        snapshot = await read(signal)
        if (snapshot.shown && snapshot.sets.every(({ shown }) => shown)) return snapshot
      }
      if (snapshot === undefined) return read(signal)
      // From here on what the service shows is the truth, whatever was written.
      if (!snapshot.shown) acls.forget(id)
      for (const set of snapshot.sets) if (!set.shown) sets.forget(set.name)
      return snapshot
    },
    createSet: async (place, addresses, signal) => {
      const setName = names.setName(place)
      const { Summary } = await call(
        "CreateIPSet",
        {
          Name: setName,
          Description: names.mark,
          IPAddressVersion: place.family === 4 ? "IPV4" : "IPV6",
          Addresses: addresses,
        },
        signal,
      )
      const { Id, ARN, LockToken } = record(Summary)
      const value = { id: text(Id), arn: text(ARN), addresses }
      sets.wrote(setName, undefined, { token: text(LockToken), value })
      return { ...place, name: setName, ...value, token: text(LockToken), shown: false }
    },
    writeSet: async (set, addresses, signal) => {
      const input = {
        Name: set.name,
        Id: set.id,
        Description: names.mark,
        Addresses: addresses,
        LockToken: set.token,
      }
      const { NextLockToken } = await call("UpdateIPSet", input, signal).catch((error: unknown) =>
        noteConflict(error, {
          lock: () => sets.refused(set.name, set.token),
          gone: () => sets.forget(set.name),
        }),
      )
      sets.wrote(set.name, set.token, {
        token: text(NextLockToken),
        value: { id: set.id, arn: set.arn, addresses },
      })
    },
    deleteSet: async (set, signal) => {
      await call("DeleteIPSet", { Name: set.name, Id: set.id, LockToken: set.token }, signal).catch((error: unknown) =>
        noteConflict(error, {
          lock: () => sets.refused(set.name, set.token),
          gone: () => sets.forget(set.name),
        }),
      )
      sets.forget(set.name)
      deleted.add(set.id)
    },
    writeRules: async (of, rules, signal) => {
      // All fields, whatever they are: an update replaces the whole, and what is not sent is gone.
      const kept = Object.fromEntries(
        Object.entries(of.webAcl).filter(
          ([key, value]) => !toldOnly.has(key) && !(key === "Description" && value === ""),
        ),
      )
      const input = { ...kept, Name: name, Id: id, Rules: rules, LockToken: of.token }
      const { NextLockToken } = await call("UpdateWebACL", input, signal).catch((error: unknown) =>
        noteConflict(error, { lock: () => acls.refused(id, of.token), gone: () => acls.forget(id) }),
      )
      acls.wrote(id, of.token, { token: text(NextLockToken), value: { ...of.webAcl, Rules: rules } })
    },
    forget: () => {
      acls.forget(id)
      for (const key of sets.keys()) sets.forget(key)
    },
  }
}

function unreadable(address: string, set: string): never {
  throw new ThwartError("THWART_AWS_FAILED", `the IP set ${set} has "${address}", which is not a prefix`)
}
