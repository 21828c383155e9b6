import type { IncomingMessage, RequestListener, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import type { Alert, Clock, Ids, IpAddress, Millis, NodeRef, Observation } from "../../core/index.ts"
import type { Detector } from "../../detection/index.ts"
import type { SensorStatus } from "../sensor.ts"
import { createInFlight } from "./in-flight.ts"
import { type Frame, ownEndpoint, requestOf, sourceOf } from "./observation.ts"
import { defaultGuardOptions, type GuardOptions } from "./options.ts"
import { refuse, refuseUpgrade } from "./refusal.ts"
import { type RequestTap, tapRequest } from "./request-tap.ts"
import { createWatch } from "./watch.ts"

export interface GuardDeps {
  readonly detector: Pick<Detector, "inspect" | "inspectRequest">
  readonly clock: Clock
  readonly ids: Ids
  readonly node: NodeRef
  /** The block that holds an address now; undefined lets it in. */
  readonly blockOf: (address: IpAddress) => { readonly expiresAt: Millis | null } | undefined
  /** Whose requests are looked at and never refused. */
  readonly isFriend?: (address: IpAddress) => boolean
  readonly onAlert: (alert: Alert) => void
  readonly onObservation?: (observation: Observation) => void
  readonly onError: (error: unknown) => void
}

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface GuardCounters {
  readonly requests: number
  /** Because the address is blocked. */
  readonly refusedBlocked: number
  /** Because the rules raised an alert (`mode: "block"`), or could not be asked (`failMode: "closed"`). */
  readonly refusedByRules: number
  /** Bodies that took too long to come in, in `mode: "block"`. */
  readonly slowBodies: number
  readonly failures: number
  /** Answers and upgraded connections that were under way when their client was blocked. */
  readonly cut: number
  /** Connections that the application opened because of requests. */
  readonly connections: number
}

export interface Guard {
  /** The same application, guarded; has to be the outermost listener of its server. */
  wrap(application: RequestListener): RequestListener
  /** The same for a server's `upgrade` (WebSocket) or `connect` event: looked at once, then left alone. */
  wrapUpgrade(listener: UpgradeListener): UpgradeListener
  status(): SensorStatus
  counters(): GuardCounters
  /** Lets everything pass from now on. */
  close(): void
}

/** What a request wants, and the two ways it may go. */
interface Admission {
  readonly enter: () => unknown
  readonly turnAway: () => void
}

/** Watches and protects an HTTP application from inside its process; needs no privilege. */
export function createGuard(deps: GuardDeps, given: Partial<GuardOptions> = {}): Guard {
  const options: GuardOptions = { ...defaultGuardOptions, ...given }
  const { detector, clock, ids, node } = deps
  const counters = { requests: 0, refusedBlocked: 0, refusedByRules: 0, slowBodies: 0, failures: 0 }
  let closed = false

  const fail = (error: unknown) => {
    counters.failures++
    deps.onError(error)
  }
  const watch = createWatch({ ...deps, onError: fail }, options)
  const inFlight = createInFlight(
    { isBlocked: (client) => deps.blockOf(client) !== undefined, onError: fail },
    { everyMs: options.cutEveryMs },
  )

  const frameOf = (request: IncomingMessage): Frame => ({
    id: ids.observation(),
    at: clock.now(),
    sensor: "http",
    node,
    direction: "inbound",
    source: sourceOf(request, options),
    destination: ownEndpoint(request),
    origin: null,
    kind: "http",
    malformed: [],
  })
  const isFriend = ({ source }: Frame) => deps.isFriend?.(source.address) === true
  const isBlocked = ({ source }: Frame) => {
    if (deps.blockOf(source.address) === undefined || deps.isFriend?.(source.address) === true) return false
    counters.refusedBlocked++
    return true
  }

  const verdictOn = async (frame: Frame, request: IncomingMessage, body: RequestTap | null) => {
    try {
      const held = (await body?.hold(options.bodyWaitMs)) ?? "whole"
      if (held === "late") {
        counters.slowBodies++
        return options.failMode === "open" ? "enter" : "refuse"
      }
      // What came of it is looked at as any transaction that is over.
      if (held === "gone") return "forget"
      const seen = await requestOf(request, body, options.bodyLimitBytes)
      const alert = detector.inspectRequest({ ...frame, request: seen, response: null })
      if (alert === null) return "enter"
      deps.onAlert(alert)
      return "refuse"
    } catch (error) {
      fail(error)
      return options.failMode === "open" ? "enter" : "refuse"
    }
  }
  const holdBack = async (frame: Frame, request: IncomingMessage, body: RequestTap | null, way: Admission) => {
    const verdict = await verdictOn(frame, request, body)
    // In a turn of its own, so that what the application throws is its own uncaught exception, as without a guard.
    if (verdict === "enter") queueMicrotask(way.enter)
    if (verdict !== "refuse") return
    counters.refusedByRules++
    way.turnAway()
  }

  const admit = (request: IncomingMessage, response: ServerResponse, application: () => unknown) => {
    const frame = frameOf(request)
    if (isBlocked(frame)) return refuse(response)
    response.once("close", inFlight.track(request.socket, frame.source.address))
    const body = tapRequest(request, options.bodyLimitBytes)
    const following = watch.follow(frame, request, response, body)
    const cause = { source: frame.source, request: () => requestOf(request, body, options.bodyLimitBytes) }
    const enter = () => {
      following.entered()
      return watch.runFor(cause, [request, response], application)
    }
    if (options.mode === "monitor" || isFriend(frame)) return enter()
    const turnAway = () => {
      following.letBe()
      refuse(response)
    }
    return void holdBack(frame, request, body, { enter, turnAway })
  }

  const admitUpgrade = (request: IncomingMessage, socket: Duplex, listener: () => unknown) => {
    const frame = frameOf(request)
    const turnAway = () => refuseUpgrade(socket)
    if (isBlocked(frame)) return turnAway()
    socket.once("close", inFlight.track(socket, frame.source.address))
    const read = () => requestOf(request, null, options.bodyLimitBytes)
    const enter = () => watch.runFor({ source: frame.source, request: read }, [], listener)
    if (options.mode === "block" && !isFriend(frame)) return void holdBack(frame, request, null, { enter, turnAway })
    void watch.look(async () => ({ ...frame, request: await read(), response: null }))
    return enter()
  }

  /** Only the guard's own failure is decided here; what the application throws is its own. */
  const guarded = (admission: (enter: () => unknown) => unknown, { enter, turnAway }: Admission): unknown => {
    if (closed) return enter()
    counters.requests++
    let entered = false
    try {
      return admission(() => {
        entered = true
        return enter()
      })
    } catch (error) {
      if (entered) throw error
      fail(error)
      if (options.failMode === "open") return enter()
      counters.refusedByRules++
      return turnAway()
    }
  }

  return {
    wrap: (application) => (request, response) =>
      guarded((enter) => admit(request, response, enter), {
        enter: () => application(request, response),
        turnAway: () => refuse(response),
      }),
    wrapUpgrade: (listener) => (request, socket, head) =>
      guarded((enter) => admitUpgrade(request, socket, enter), {
        enter: () => listener(request, socket, head),
        turnAway: () => refuseUpgrade(socket),
      }),
    status: () => ({
      state: closed ? "stopped" : "running",
      reason: null,
      observations: watch.counts().observations,
      skipped: counters.slowBodies === 0 ? {} : { "slow body": counters.slowBodies },
      dropped: 0,
    }),
    counters: () => ({ ...counters, cut: inFlight.cut(), connections: watch.counts().connections }),
    close: () => {
      closed = true
      inFlight.close()
      watch.close()
    },
  }
}
