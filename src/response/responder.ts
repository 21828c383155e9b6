import {
  type Alert,
  type AllowlistEntry,
  type AuditEntry,
  type Cidr,
  type Countermeasure,
  type CountermeasureId,
  type Direction,
  type EnforcementReport,
  type Incident,
  type IncidentId,
  type IncidentStatus,
  isActive,
  type Millis,
  overlaps,
  parseCidr,
  prefix,
  ThwartError,
} from "../core/index.ts"
import type { Changes, Store } from "../store/store.ts"
import { type Circumstances, defaultLimits, refusalAtEnforcement, refusalOf } from "./guardrails/index.ts"
import { createUndoMemory } from "./memory.ts"
import { createPolicyWatch, defaultPolicies, type Trigger } from "./policies.ts"
import { policySentence } from "./sentence.ts"
import { createSerial } from "./serial.ts"
import type { Actor, Responder, ResponderDeps } from "./services.ts"

// A state that stays the same is written once a minute, to show that somebody looked.
const restateMs = 60_000

export function createResponder(deps: ResponderDeps): Responder {
  const { clock, ids, store, bus } = deps
  const active = new Map<CountermeasureId, Countermeasure>()
  const memory = createUndoMemory()
  const watch = createPolicyWatch()
  const serially = createSerial()
  const listeners = new Set<() => void>()
  let recent: Millis[] = []

  const changed = () => {
    for (const listener of listeners) listener()
  }
  const audit = (actor: Actor, action: string, subject: string, before: unknown, after: unknown): AuditEntry => ({
    id: ids.other("aud"),
    at: clock.now(),
    ...actor,
    action,
    subject,
    before,
    after,
  })
  const activeFor = (target: Cidr, direction: Direction) => {
    for (const countermeasure of active.values()) {
      if (
        countermeasure.target === target &&
        countermeasure.direction === direction &&
        isActive(countermeasure, clock.now())
      )
        return countermeasure
    }
    return undefined
  }
  const circumstances = async (): Promise<Circumstances> => {
    const now = clock.now()
    recent = recent.filter((at) => at > now - 60_000)
    return {
      now,
      // Read each time: when it can't be read this rejects, and nothing new is decided or enforced.
      allowlist: await store.allowlist(),
      protectedPrefixes: deps.surroundings(),
      operators: (await deps.operators()).flatMap((address) => parseCidr(address) ?? []),
      recentBlocks: recent.length,
      limits: deps.limits ?? defaultLimits,
    }
  }
  const take = (countermeasures: readonly Countermeasure[]) => {
    for (const countermeasure of countermeasures) {
      if (countermeasure.endedAt === null) active.set(countermeasure.id, countermeasure)
      else active.delete(countermeasure.id)
    }
  }
  /** Stores, then holds, publishes and tells the enforcers, in this order. */
  const commit = async (changes: Changes) => {
    await store.record(changes)
    take(changes.countermeasures ?? [])
    for (const countermeasure of changes.countermeasures ?? []) bus.publish("countermeasure", countermeasure)
    for (const incident of changes.incidents ?? []) bus.publish("incident", incident)
    if ((changes.countermeasures ?? []).length > 0) changed()
  }

  const fresh = (
    request: Pick<Countermeasure, "target" | "direction" | "enforcers" | "severity" | "reason">,
    durationMs: Millis | null,
  ): Countermeasure => {
    const now = clock.now()
    const enforcers =
      request.enforcers.length > 0 ? request.enforcers.filter((id) => deps.enforcers.includes(id)) : deps.enforcers
    return {
      ...request,
      id: ids.countermeasure(),
      action: "block",
      enforcers,
      createdAt: now,
      expiresAt: durationMs === null ? null : now + durationMs,
      endedAt: null,
      endReason: null,
      endedBy: null,
      reports: enforcers.map((enforcer) => ({ enforcer, state: "pending", reason: null, since: now, checkedAt: now })),
    }
  }
  const ended = (
    of: Countermeasure,
    endReason: NonNullable<Countermeasure["endReason"]>,
    endedBy: string,
  ): Countermeasure => ({ ...of, endedAt: clock.now(), endReason, endedBy })

  const decideOne = (
    trigger: Trigger,
    around: Circumstances,
  ): { readonly countermeasure?: Countermeasure; readonly audit?: AuditEntry } => {
    const { policy, attacker, incident, alerts } = trigger
    if (memory.knows(trigger)) return {}
    const target = prefix(attacker)
    const actor: Actor = { who: `policy:${policy.id}`, from: null }
    const subject = `address:${attacker}`
    const known = activeFor(target, "inbound")
    const until = policy.blockMs === null ? null : clock.now() + policy.blockMs
    if (known !== undefined)
      return isLater(until, known.expiresAt) && policy.mode === "automatic"
        ? { countermeasure: { ...known, expiresAt: until } }
        : {}
    const refusal = refusalOf({ target, by: "policy" }, around)
    if (refusal !== undefined)
      return { audit: audit(actor, "block refused", subject, null, { refusal, incident: incident?.id ?? null }) }
    if (policy.mode !== "automatic")
      return {
        audit: audit(
          actor,
          policy.mode === "monitor" ? "block not enforced (monitor)" : "block proposed",
          subject,
          null,
          { incident: incident?.id ?? null },
        ),
      }
    const countermeasure = fresh(
      {
        target,
        direction: "inbound",
        enforcers: policy.enforcers,
        severity: incident?.severity ?? alerts.at(-1)?.severity ?? policy.severity,
        reason: {
          by: actor.who,
          text: `${policy.name}: ${policySentence(policy)}`,
          policy: policy.id,
          incident: incident?.id ?? null,
          alerts:
            incident === null
              ? alerts.map(({ id }) => id)
              : incident.stages.flatMap((stage) => stage.alerts).slice(0, 100),
        },
      },
      policy.blockMs,
    )
    return {
      countermeasure,
      audit: audit(actor, "block", `countermeasure:${countermeasure.id}`, null, {
        target,
        expiresAt: countermeasure.expiresAt,
      }),
    }
  }

  const decide = async (alerts: readonly Alert[], incidents: readonly Incident[]): Promise<Changes> => {
    const triggers = watch.look(await store.policies(), alerts, incidents)
    if (triggers.length === 0) return {}
    const around = await circumstances()
    const countermeasures = new Map<string, Countermeasure>()
    const entries: AuditEntry[] = []
    for (const trigger of triggers) {
      const decision = decideOne(trigger, { ...around, recentBlocks: recent.length })
      if (decision.audit !== undefined) entries.push(decision.audit)
      if (decision.countermeasure === undefined || countermeasures.has(decision.countermeasure.target)) continue
      if (decision.countermeasure.createdAt === around.now) recent.push(around.now)
      countermeasures.set(decision.countermeasure.target, decision.countermeasure)
    }
    return { countermeasures: [...countermeasures.values()], audit: entries }
  }

  const statusChange = async (
    id: IncidentId,
    status: IncidentStatus,
  ): Promise<{ before: Incident; after: Incident }> => {
    const before = await store.incident(id)
    if (before === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no incident ${id}`)
    const after = deps.setIncidentStatus(id, status, clock.now()) ?? {
      ...before,
      status,
      version: before.version + 1,
      updatedAt: clock.now(),
    }
    return { before, after }
  }

  const find = async (id: CountermeasureId): Promise<Countermeasure> => {
    const known = active.get(id) ?? (await store.countermeasure(id))
    if (known === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no countermeasure ${id}`)
    return known
  }

  return {
    start: () =>
      serially(async () => {
        if ((await store.policies()).length === 0) await store.record({ policies: defaultPolicies })
        for await (const countermeasure of allOf(store)) {
          memory.remember(countermeasure)
          if (countermeasure.endedAt === null) active.set(countermeasure.id, countermeasure)
        }
      }),

    handle: (alerts, incidents, record) =>
      serially(async () => {
        const decided = await decide(alerts, incidents)
        await record(decided)
        take(decided.countermeasures ?? [])
        if ((decided.countermeasures ?? []).length > 0) changed()
      }),

    block: ({ target, direction, durationMs, reason }, actor) =>
      serially(async () => {
        const refusal = refusalOf({ target, by: "operator" }, await circumstances())
        if (refusal !== undefined) throw new ThwartError("THWART_GUARDRAIL_REFUSED", `not blocked: ${refusal}`)
        const known = activeFor(target, direction)
        const until = durationMs === null ? null : clock.now() + durationMs
        const next =
          known === undefined
            ? fresh(
                {
                  target,
                  direction,
                  enforcers: [],
                  severity: "high",
                  reason: { by: actor.who, text: reason, policy: null, incident: null, alerts: [] },
                },
                durationMs,
              )
            : { ...known, expiresAt: isLater(until, known.expiresAt) ? until : known.expiresAt }
        await commit({
          countermeasures: [next],
          audit: [audit(actor, "block", `countermeasure:${next.id}`, known ?? null, next)],
        })
        return next
      }),

    undo: (id, { falsePositive, comment }, actor) =>
      serially(async () => {
        const known = await find(id)
        if (known.endedAt !== null) return known
        const next = ended(known, falsePositive ? "false-positive" : "undone", actor.who)
        const over =
          falsePositive && known.reason.incident !== null
            ? await statusChange(known.reason.incident, "false-positive")
            : undefined
        await commit({
          countermeasures: [next],
          incidents: over === undefined ? [] : [over.after],
          audit: [
            audit(actor, falsePositive ? "undo as false positive" : "undo", `countermeasure:${id}`, known, {
              ...next,
              comment,
            }),
          ],
        })
        memory.remember(next)
        return next
      }),

    allow: (entry, actor) =>
      serially(async () => {
        const next: AllowlistEntry = { ...entry, id: ids.other("alw"), owner: actor.who, createdAt: clock.now() }
        const freed = [...active.values()]
          .filter(({ target }) => overlaps(entry.prefix, target))
          .map((countermeasure) => ended(countermeasure, "allowlisted", actor.who))
        await commit({
          allowlist: [next],
          countermeasures: freed,
          audit: [audit(actor, "allow", `allowlist:${next.id}`, null, { ...next, freed: freed.map(({ id }) => id) })],
        })
        return next
      }),

    disallow: (id, actor) =>
      serially(async () => {
        const known = (await store.allowlist()).find((entry) => entry.id === id)
        if (known === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no allowlist entry ${id}`)
        await commit({ removedAllowlist: [id], audit: [audit(actor, "disallow", `allowlist:${id}`, known, null)] })
      }),

    changeIncident: (id, status, actor) =>
      serially(async () => {
        const { before, after } = await statusChange(id, status)
        await commit({
          incidents: [after],
          audit: [audit(actor, `incident ${status}`, `incident:${id}`, { status: before.status }, { status })],
        })
        return after
      }),

    changePolicy: (policy, actor) =>
      serially(async () => {
        const before = (await store.policies()).find(({ id }) => id === policy.id) ?? null
        await commit({ policies: [policy], audit: [audit(actor, "policy", `policy:${policy.id}`, before, policy)] })
      }),

    desired: () => [...active.values()].filter((countermeasure) => isActive(countermeasure, clock.now())),

    onDesiredChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    refusalNow: async ({ target, reason }) =>
      refusalAtEnforcement({ target, by: reason.policy === null ? "operator" : "policy" }, await circumstances()),

    report: (id, report) =>
      serially(async () => {
        const known = active.get(id) ?? (await store.countermeasure(id))
        if (known === undefined) return
        const before = known.reports.find(({ enforcer }) => enforcer === report.enforcer)
        const same = before?.state === report.state && before.reason === report.reason
        if (same && report.checkedAt - before.checkedAt < restateMs) return
        const stated = same ? { ...report, since: before.since } : report
        const next = {
          ...known,
          reports: [...known.reports.filter(({ enforcer }) => enforcer !== report.enforcer), stated],
        }
        const incident = await incidentAfter(next, report)
        await store.record({ countermeasures: [next], incidents: incident === undefined ? [] : [incident] })
        if (active.has(id)) active.set(id, next)
        bus.publish("countermeasure", next)
        if (incident !== undefined) bus.publish("incident", incident)
      }),

    sweep: () =>
      serially(async () => {
        const over = [...active.values()]
          .filter((countermeasure) => !isActive(countermeasure, clock.now()))
          .map((countermeasure) => ended(countermeasure, "expired", "system"))
        if (over.length > 0) await commit({ countermeasures: over })
      }),
  }

  /** An open incident is contained once a block because of it is in force. */
  async function incidentAfter(
    { reason }: Countermeasure,
    { state }: EnforcementReport,
  ): Promise<Incident | undefined> {
    if (reason.incident === null || state !== "applied") return undefined
    const incident = await store.incident(reason.incident)
    if (incident?.status !== "open") return undefined
    return (await statusChange(incident.id, "contained")).after
  }
}

function isLater(one: Millis | null, other: Millis | null): boolean {
  return other !== null && (one === null || one > other)
}

async function* allOf(store: Store): AsyncGenerator<Countermeasure> {
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await store.countermeasures({ limit: 1000, cursor })
    yield* page.items
    cursor = page.next
  }
}
