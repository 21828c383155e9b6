import { type Clock, messageOf, nodeInWords, quarantineActions } from "../../core/index.ts"
import {
  type Operation,
  type OperationResult,
  type Preview,
  type Quarantine,
  type QuarantineEnforcer,
  quarantineKey,
} from "../enforcer.ts"
import type { Custody, CustodyBook } from "./custody.ts"
import type { Container, Engine } from "./engine.ts"
import { takeEvidence } from "./evidence.ts"
import { impossible, mistakenFor, namesOf, type Untouchables, untouchable } from "./identity.ts"
import { beforeOf, type Change, holds, wayBack, wayThere } from "./plan.ts"
import type { Rehearsal } from "./rehearsal.ts"

export interface ContainersDeps {
  readonly clock: Clock
  readonly engine: Engine
  readonly book: CustodyBook
  readonly untouchables: () => Untouchables
  readonly onError: (error: unknown) => void
  readonly rehearse: () => Rehearsal
}

/** Restarts, pauses, stops, removes and isolates containers, and lets them go again. */
export function createContainers({
  clock,
  engine,
  book,
  untouchables,
  onError,
  rehearse,
}: ContainersDeps): QuarantineEnforcer {
  const custodyOf = async (of: Pick<Quarantine, "action" | "node">) =>
    (await book.all()).find((one) => quarantineKey(one) === quarantineKey(of))

  const find = async ({ node }: Quarantine, signal: AbortSignal) => {
    for (const name of namesOf(node)) {
      const found = await engine.inspect(name, signal)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** The container that is meant and may be touched; else why not. */
  const resolve = async (wish: Quarantine, known: Custody | undefined, signal: AbortSignal) => {
    if (wish.node.kind !== "container") return `${nodeInWords(wish.node)} is no container`
    const container = await find(wish, signal)
    if (container === undefined) return `there is no ${nodeInWords(wish.node)} here (any longer)`
    const why = mistakenFor(wish, container) ?? untouchable(wish, container, untouchables())
    if (why !== undefined) return why
    if (known !== undefined && known.container.id !== container.id)
      return `${container.name} is another container than the one in custody (${known.container.id.slice(0, 12)})`
    return known === undefined ? (impossible(wish.action, container) ?? container) : container
  }

  /** Evidence first, then what the way back needs; only then may anything be changed. */
  const takeIn = async (wish: Quarantine, container: Container, signal: AbortSignal): Promise<Custody> => {
    const evidence = await takeEvidence(engine, container, { now: clock.now(), signal })
    await book.keepEvidence(wish.countermeasure, evidence).catch(onError)
    const { action, node, countermeasure, decidedAt, expiresAt } = wish
    const { id, name } = container
    const taken = { countermeasure, action, node, decidedAt, expiresAt, container: { id, name } }
    const custody = { ...taken, before: beforeOf(container) }
    await book.keep(custody)
    return custody
  }

  const add = async (wish: Quarantine, signal: AbortSignal): Promise<OperationResult> => {
    const known = await custodyOf(wish)
    if (known !== undefined && known.action === "remove" && (await isGone(known, signal))) return prolong(known, wish)
    const found = await resolve(wish, known, signal)
    if (typeof found === "string") return { kind: "not-enforced", reason: found }
    const custody = known ?? (await takeIn(wish, found, signal))
    const there = known !== undefined && holds(wish.action, found, custody.before)
    if (!there) {
      const failure = await bring(wish.action, custody, { was: found, signal })
      if (failure !== undefined) return { kind: "failed", reason: failure }
    }
    const prolonged = await prolong(custody, wish)
    return there ? prolonged : { kind: "applied" }
  }
  const isGone = async ({ container }: Custody, signal: AbortSignal) =>
    (await engine.inspect(container.id, signal)) === undefined

  const prolong = async (custody: Custody, wish: Quarantine): Promise<OperationResult> => {
    const { countermeasure, expiresAt } = wish
    if (custody.countermeasure === countermeasure && custody.expiresAt === expiresAt) return { kind: "already" }
    await book.keep({ ...custody, countermeasure, expiresAt })
    if (custody.countermeasure !== countermeasure) await book.forget(custody)
    return { kind: "applied" }
  }

  /** Looks once more right before it acts, and once more behind it. Undefined when the container is as it shall be. */
  const bring = async (
    action: Quarantine["action"],
    { before, container: { id } }: Custody,
    { was, signal }: { readonly was: Container; readonly signal: AbortSignal },
  ): Promise<string | undefined> => {
    const now = await engine.inspect(id, signal)
    if (now === undefined) return holds(action, now, before) ? undefined : `${was.name} has gone while it was looked at`
    if (now.id !== was.id || now.startedAt !== was.startedAt)
      return `${was.name} was started anew while it was looked at; it is looked at again`
    for (const change of wayThere(action, now, before)) await carryOut(id, change, signal)
    const after = await engine.inspect(id, signal)
    if (holds(action, after, before)) return undefined
    return `the engine said yes to ${action}, but ${was.name} is ${stateOf(after)}`
  }

  const remove = async (of: Omit<Quarantine, "expiresAt">, signal: AbortSignal): Promise<OperationResult> => {
    const custody = await custodyOf(of)
    if (custody === undefined) return { kind: "already" }
    const sameElsewhere = (await book.all()).some(
      (one) => one !== custody && one.action === custody.action && one.container.id === custody.container.id,
    )
    const failure = sameElsewhere ? undefined : await letGo(custody, signal)
    if (failure !== undefined) return { kind: "failed", reason: failure }
    await book.forget(custody)
    return { kind: "applied" }
  }

  const letGo = async ({ action, before, container }: Custody, signal: AbortSignal): Promise<string | undefined> => {
    const now = await engine.inspect(container.id, signal)
    // By its whole id: no other container can answer to it but one of that name.
    if (now === undefined || now.id !== container.id) return undefined
    const failures: string[] = []
    for (const change of wayBack(action, now, before))
      await carryOut(container.id, change, signal).catch((error: unknown) => failures.push(messageOf(error)))
    if (failures.length > 0) return failures.join("; ")
    const after = await engine.inspect(container.id, signal)
    const left = wayBack(action, after, before)
    return left.length === 0 ? undefined : `the engine said yes, but ${container.name} is ${stateOf(after)}`
  }

  const carryOut = (id: string, change: Change, signal: AbortSignal) => callFor(engine, id, change, signal)

  /** Additions alone: how a container is let go depends on what it was before. */
  const preview = async (operations: readonly Operation<Quarantine>[], signal: AbortSignal): Promise<Preview> => {
    const { engine: silent, calls } = rehearse()
    const notes: string[] = []
    for (const operation of operations) {
      if (operation.kind === "remove") continue
      const wish = operation.block
      const found = await resolve(wish, await custodyOf(wish), signal)
      if (typeof found === "string") {
        notes.push(found)
        continue
      }
      await takeEvidence(silent, found, { now: clock.now(), signal })
      const before = beforeOf(found)
      const changes = wayThere(wish.action, found, before)
      for (const change of changes) await callFor(silent, found.id, change, signal)
      notes.push(changes.length === 0 ? `${found.name} is as it shall be already` : "evidence is taken first")
    }
    return { calls: calls(), note: notes.length === 0 ? null : [...new Set(notes)].join("; ") }
  }

  const perform = async (operation: Operation<Quarantine>, signal: AbortSignal): Promise<OperationResult> => {
    try {
      return await (operation.kind === "remove" ? remove(operation.block, signal) : add(operation.block, signal))
    } catch (error) {
      if (signal.aborted) throw error
      return { kind: "failed", reason: messageOf(error) }
    }
  }
  const observed = async (custody: Custody, signal: AbortSignal): Promise<Quarantine> => {
    const { action, node, countermeasure, decidedAt, expiresAt, container, before } = custody
    const entry = { action, node, countermeasure, decidedAt, expiresAt }
    try {
      const now = await engine.inspect(container.id, signal)
      return holds(action, now, before) ? entry : { ...entry, expiresAt: 0 }
    } catch (error) {
      if (signal.aborted) throw error
      // One that can't be read holds up no other; as far as anybody knows it is as it was left.
      onError(error)
      return entry
    }
  }

  return {
    id: "containers",
    summary: "Restart, pause, stop, remove or isolate containers of Docker or Podman",
    timeouts: "by-thwart",
    toleranceMs: 0,
    nodeKinds: ["container"],
    actions: quarantineActions,
    observe: async (signal) => {
      await engine.connect(signal)
      return Promise.all((await book.all()).map((custody) => observed(custody, signal)))
    },
    apply: async (operations, signal) => {
      await engine.connect(signal)
      const results: OperationResult[] = []
      for (const operation of operations) results.push(await perform(operation, signal))
      return results
    },
    preview,
    teardown: async (signal) => {
      for (const custody of await book.all()) {
        const failure = await letGo(custody, signal)
        if (failure === undefined) await book.forget(custody)
        else onError(new Error(`${custody.container.name} was not let go: ${failure}`))
      }
    },
    close: async () => undefined,
    evidenceOf: (id) => book.evidenceOf(id),
  }
}

function callFor(engine: Engine, id: string, change: Change, signal: AbortSignal): Promise<void> {
  if (change.kind === "disconnect") return engine.disconnect(id, change.network, signal)
  if (change.kind === "attach") return engine.attach(id, change.attachment, signal)
  return engine[change.kind](id, signal)
}

function stateOf(container: Container | undefined): string {
  if (container === undefined) return "gone"
  const { running, paused, attachments } = container
  const networks = attachments.length === 0 ? "no network" : attachments.map(({ network }) => network).join(", ")
  return `${paused ? "paused" : running ? "running" : "stopped"}, on ${networks}`
}
