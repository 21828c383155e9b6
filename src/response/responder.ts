import { type Alert, holdsBack, type Incident, isByPerson, messageOf } from "../core/index.ts"
import type { Changes } from "../store/store.ts"
import { createRefreshAllowlist, newEntry } from "./allowlist/index.ts"
import { createCircumstancesReader, createRecentCount } from "./circumstances.ts"
import { type Decisions, decide } from "./decide.ts"
import { createGathered } from "./gathered.ts"
import { quarantineRefusalAtEnforcement, refusalAtEnforcement } from "./guardrails/index.ts"
import { blockHeld, createHeldTriggers, heldDecided } from "./held-triggers.ts"
import { createIncidentStatuses } from "./incident-status.ts"
import { createUndoMemory } from "./memory.ts"
import { createAllow, createDisallow } from "./operations/allow.ts"
import { createBlock } from "./operations/block.ts"
import { createChangeIncident } from "./operations/change-incident.ts"
import { createChangeMode } from "./operations/change-mode.ts"
import { createChangePolicy } from "./operations/change-policy.ts"
import { createDecideRecommendation } from "./operations/decide-recommendation.ts"
import { createExpire } from "./operations/expire.ts"
import { createMaskAlerts } from "./operations/mask-alerts.ts"
import { createAssignIncident, createCommentIncident } from "./operations/note-incident.ts"
import { createReport } from "./operations/report.ts"
import { createReviewEvidence } from "./operations/review-evidence.ts"
import { createUndo } from "./operations/undo.ts"
import { auditOf, type Parts } from "./parts.ts"
import { changesOf, createPlaybooks } from "./playbooks/playbooks.ts"
import { createPolicyWatch, type Trigger } from "./policies.ts"
import { createRecommendationBook } from "./recommendations/book.ts"
import { createDismissals } from "./recommendations/dismissals.ts"
import { createPendingReader } from "./recommendations/reader.ts"
import { leaving } from "./recommendations/resolve.ts"
import { restore } from "./restore.ts"
import { createSerial } from "./serial.ts"
import type { Responder, ResponderDeps } from "./services.ts"
import { createTold } from "./told.ts"
import { createWanted } from "./wanted.ts"

/** Decides what is to be done, by policies and by people; one decision after the other, each stored before it holds. */
export function createResponder(deps: ResponderDeps): Responder {
  const { clock, store, bus } = deps
  const wanted = createWanted(clock)
  const memory = createUndoMemory()
  const book = createRecommendationBook(clock)
  const dismissals = createDismissals()
  const rates = { blocks: createRecentCount(clock), quarantines: createRecentCount(clock) }
  const circumstances = createCircumstancesReader(deps, rates)
  const statuses = createIncidentStatuses(deps, wanted)
  const watch = createPolicyWatch(deps.tagsOf)
  const told = createTold(clock)
  const held = createHeldTriggers()
  const serially = createSerial()

  const takeIn = (changes: Changes) => {
    wanted.take(changes.countermeasures ?? [])
    for (const { id, policy } of book.take(changes))
      bus.publish("recommendation", { id, policy, recommendation: book.summary(policy) ?? null })
  }
  const commit = async (changes: Changes) => {
    await store.record(changes)
    takeIn(changes)
    for (const countermeasure of changes.countermeasures ?? []) bus.publish("countermeasure", countermeasure)
    for (const incident of changes.incidents ?? []) bus.publish("incident", incident)
  }
  const parts: Parts = { deps, wanted, memory, book, dismissals, statuses, circumstances, commit }

  /** Without the guardrails nothing is decided: the triggers wait until they can be read. */
  const decideOn = async (triggers: readonly Trigger[]): Promise<Decisions> => {
    if (triggers.length === 0) return nothing
    try {
      return decide(triggers, await circumstances.now(), { ...parts, told })
    } catch (error) {
      held.hold(triggers)
      deps.onError?.(error)
      const evidence = held.unrecorded()
      const reason = `the guardrails can't be asked: ${messageOf(error)}`
      const after = { reason, waiting: held.all().length, evidence }
      const change = { action: blockHeld, subject: "guardrails", before: null, after }
      const isNews = told.isNews("guardrails") || evidence.length > 0
      return { ...nothing, isHeld: true, audit: isNews ? [auditOf(deps, system, change)] : [] }
    }
  }
  const changesBy = ({ countermeasures, audit, overtaken, proposed }: Decisions): Changes => ({
    countermeasures,
    audit,
    recommendations: proposed.recommendations,
    ...leaving(book, [...overtaken, ...proposed.proposals]),
  })
  const countProposed = ({ proposed }: Decisions) => {
    for (const one of proposed.touched) book.touch(one)
    for (const { policy, subject } of proposed.notKept) book.notKept(policy, subject)
  }
  const count = ({ made, quarantined }: Pick<Decisions, "made" | "quarantined">) => {
    for (let block = 0; block < made; block++) rates.blocks.made(clock.now())
    for (let node = 0; node < quarantined; node++) rates.quarantines.made(clock.now())
  }

  const playbooks = createPlaybooks({ ...parts, settings: deps.playbooks, serially, count })

  const handle = async (
    alerts: readonly Alert[],
    incidents: readonly Incident[],
    record: (decided: Changes) => Promise<void>,
  ) => {
    const current = incidents.filter((incident) => !statuses.isOutdated(incident))
    const reopened = statuses.grown(current)
    const triggers = watch.look(await store.policies(), alerts, withChanges(current, reopened))
    const decisions = await decideOn(triggers)
    const played = await playbooks.play(
      { alerts, incidents: withChanges(current, reopened), triggers },
      decisions.countermeasures,
    )
    const changes = together({ ...changesBy(decisions), incidents: reopened }, changesOf(played))
    await record(changes)
    held.recorded(decisions.audit)
    takeIn(changes)
    countProposed(decisions)
    count(decisions)
    count(played)
    playbooks.took(played)
  }

  const expire = createExpire(parts)
  const allow = createAllow(parts)
  const reported = createGathered(serially, createReport(parts))
  const pending = createPendingReader(parts)
  const sweep = async () => {
    await expire()
    await playbooks.sweep()
    const waiting = held.all()
    const decisions = await decideOn(await stillTrue(waiting))
    const isOver = waiting.length > 0 && decisions.isHeld !== true
    const over = {
      action: heldDecided,
      subject: "guardrails",
      before: null,
      after: { decided: waiting.length, entries: [...held.entries()] },
    }
    const leftOut = told.leftOut()
    const after = { leftOut }
    const summary = { action: "more blocks refused, held or proposed", subject: "policies", before: null, after }
    const audit = [
      ...decisions.audit,
      ...(leftOut > 0 ? [auditOf(deps, system, summary)] : []),
      ...(isOver ? [auditOf(deps, system, over)] : []),
    ]
    const changes = { ...changesBy(decisions), audit }
    if (!isNothing(changes)) await commit(changes)
    held.recorded(decisions.audit)
    if (isOver) held.release()
    countProposed(decisions)
    count(decisions)
    const news = book.unstored()
    if (!isNothing(news)) await commit(news)
  }
  /** Without those whose incident somebody closed while they waited. */
  const stillTrue = async (triggers: readonly Trigger[]): Promise<readonly Trigger[]> => {
    const incidents = await Promise.all(triggers.map(({ incident }) => incident && store.incident(incident.id)))
    return triggers.filter((_, index) => {
      const status = incidents[index]?.status
      return status !== "closed" && status !== "false-positive"
    })
  }

  return {
    start: () =>
      serially(async () => {
        await restore({ deps, wanted, memory, book, dismissals, watch, rates, held })
        await playbooks.start()
      }),
    handle: (alerts, incidents, record) => serially(() => handle(alerts, incidents, record)),
    block: inTurn(serially, createBlock(parts)),
    undo: inTurn(serially, createUndo(parts)),
    allow: async (wish, actor) => {
      // A host name is asked for outside of the decisions, which wait for nobody's DNS.
      const entry = await newEntry(wish, deps, actor.who)
      return serially(() => allow(entry, actor))
    },
    disallow: inTurn(serially, createDisallow(parts)),
    changeIncident: inTurn(serially, createChangeIncident(parts)),
    assignIncident: inTurn(serially, createAssignIncident(parts)),
    commentIncident: inTurn(serially, createCommentIncident(parts)),
    changePolicy: inTurn(serially, createChangePolicy(parts)),
    refreshAllowlist: createRefreshAllowlist(parts, serially),
    changeMode: inTurn(serially, createChangeMode(parts)),
    recommendations: () => book.summaries().toSorted((one, other) => other.createdAt - one.createdAt),
    pending,
    decideRecommendation: inTurn(serially, createDecideRecommendation(parts)),
    maskAlerts: inTurn(serially, createMaskAlerts(parts, watch)),
    reviewEvidence: inTurn(serially, createReviewEvidence(parts)),
    report: (id, report) => reported({ id, report }),
    sweep: () => serially(sweep),
    playbooks: playbooks.desk,
    desired: wanted.active,
    leaving: wanted.leaving,
    onDesiredChange: wanted.onChange,
    refusalNow: async (of) => {
      const around = await circumstances.lately()
      if (!holdsBack(of)) return quarantineRefusalAtEnforcement(of, around)?.reason
      const by = isByPerson(of.reason) ? "operator" : "policy"
      return refusalAtEnforcement({ target: of.target, by, nodes: of.reason.nodes }, around)?.reason
    },
  }
}

const nothing: Decisions = {
  countermeasures: [],
  audit: [],
  made: 0,
  quarantined: 0,
  proposed: { proposals: [], recommendations: [], touched: [], notKept: [] },
  overtaken: [],
}
const system = { who: "system", from: null }

function inTurn<A extends readonly unknown[], R>(
  serially: <T>(task: () => Promise<T>) => Promise<T>,
  operation: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  return (...args) => serially(() => operation(...args))
}

/** What policies and playbooks decided about the same; where both changed one thing, the playbooks saw what the policies did. */
/** Playbooks propose nothing, and policies write no notes: only these may be of both. */
function together(decided: Changes, played: Changes): Changes {
  return {
    ...decided,
    ...played,
    countermeasures: lastOfEach(decided.countermeasures, played.countermeasures),
    incidents: lastOfEach(decided.incidents, played.incidents),
    audit: [...(decided.audit ?? []), ...(played.audit ?? [])],
  }
}

function lastOfEach<T extends { readonly id: string }>(
  before: readonly T[] = [],
  after: readonly T[] = [],
): readonly T[] {
  return [...new Map([...before, ...after].map((one) => [one.id, one])).values()]
}

function withChanges(incidents: readonly Incident[], changed: readonly Incident[]): readonly Incident[] {
  const byId = new Map(changed.map((incident) => [incident.id, incident]))
  return incidents.map((incident) => byId.get(incident.id) ?? incident)
}

function isNothing(changes: Changes): boolean {
  return Object.values(changes).every((rows) => rows.length === 0)
}
