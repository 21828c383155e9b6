import type { IncomingMessage, ServerResponse } from "node:http"
import type { Alert, Clock, HttpObservation, Ids, NodeRef, Observation } from "../../core/index.ts"
import type { Detector } from "../../detection/index.ts"
import { watchEgress } from "./egress.ts"
import { type Cause, connectionOf, type Frame, requestOf, responseOf } from "./observation.ts"
import type { GuardOptions } from "./options.ts"
import type { RequestTap } from "./request-tap.ts"
import { tapResponse } from "./response-tap.ts"

export interface WatchDeps {
  readonly detector: Pick<Detector, "inspect">
  readonly clock: Clock
  readonly ids: Ids
  readonly node: NodeRef
  readonly onAlert: (alert: Alert) => void
  readonly onObservation?: (observation: Observation) => void
  readonly onError: (error: unknown) => void
}

type Emitter = IncomingMessage | ServerResponse

export interface Following {
  /** The application has it now: when that takes long, it is looked at earlier too. */
  entered(): void
  /** The verdict is known. */
  letBe(): void
}

/** Looks at what requests did and led to; whatever goes wrong here never reaches the application. */
export interface Watch {
  /** Looks at the transaction when it is over. */
  follow(frame: Frame, request: IncomingMessage, response: ServerResponse, body: RequestTap): Following
  /** Looks at it now. */
  look(read: () => Promise<Observation>): Promise<Alert | null>
  /** Runs the application, with everything that it does known to be because of this request. */
  runFor(cause: Cause, emitters: readonly Emitter[], task: () => unknown): unknown
  counts(): { readonly observations: number; readonly connections: number }
  close(): void
}

export function createWatch(deps: WatchDeps, options: GuardOptions): Watch {
  const { detector, clock, ids, node, onError } = deps
  const { bodyLimitBytes } = options
  let [observations, connections] = [0, 0]

  const egress = options.watchEgress
    ? watchEgress<Cause>({
        onEgress: (seen) => {
          connections++
          void look(() => connectionOf(seen, { at: clock.now(), id: ids.observation(), node }))
        },
        onError,
      })
    : undefined

  const inspect = async (read: () => Promise<Observation>, isFinal: boolean): Promise<Alert | null> => {
    try {
      const observation = await read()
      if (isFinal) {
        observations++
        deps.onObservation?.(observation)
      }
      const alert = detector.inspect(observation)
      if (alert !== null) deps.onAlert(alert)
      return alert
    } catch (error) {
      onError(error)
      return null
    }
  }
  // What an alert sets off (a store, a report) is ours and not the request's.
  const apart = <T>(task: () => T) => (egress === undefined ? task() : egress.apart(task))
  const look = (read: () => Promise<Observation>) => apart(() => inspect(read, true))

  const follow: Watch["follow"] = (frame, request, response, body) => {
    const answer = tapResponse(response, bodyLimitBytes)
    let settled = false
    let looking = Promise.resolve()
    const read = async (): Promise<HttpObservation> => ({
      ...frame,
      request: await requestOf(request, body, bodyLimitBytes),
      response: response.headersSent ? await responseOf(response, answer, bodyLimitBytes) : null,
    })
    const lookAgain = (isFinal: boolean) => {
      looking = looking.then(async () => {
        if (!settled) settled = (await apart(() => inspect(read, isFinal))) !== null
      })
    }
    let timer: NodeJS.Timeout | undefined
    response.once("close", () => {
      clearTimeout(timer)
      lookAgain(true)
    })
    return {
      entered: () => {
        timer = setTimeout(lookAgain, options.patienceMs, false).unref()
      },
      letBe: () => {
        settled = true
      },
    }
  }

  const runFor: Watch["runFor"] = (cause, emitters, task) => {
    if (egress === undefined) return task()
    for (const emitter of emitters) bind(emitter, (work) => egress.causedBy(cause, work))
    return egress.causedBy(cause, task)
  }

  return {
    follow,
    look,
    runFor,
    counts: () => ({ observations, connections }),
    close: () => egress?.close(),
  }
}

/** Listeners would otherwise run in the context of the connection, which knows of no request. */
function bind(emitter: Emitter, within: (work: () => boolean) => boolean): void {
  const { emit } = emitter
  // The cast holds: the arguments go on as they came.
  emitter.emit = function (this: Emitter, ...args: unknown[]) {
    return within(() => emit.apply(this, args as Parameters<typeof emit>))
  } as typeof emit
}
