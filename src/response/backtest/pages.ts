import { setImmediate } from "node:timers/promises"
import type { Alert, Millis } from "../../core/index.ts"
import type { Store } from "../../store/store.ts"
import type { RuleSubject } from "./services.ts"

// Between pages the server does everything else that it has to do.
const pageSize = 200

export interface Span {
  readonly since: Millis
  readonly until: Millis
}

/** The stored alerts of a time as they happened, some at a time; rejects when the signal aborts. */
export async function* pages(
  store: Pick<Store, "alerts">,
  { since, until }: Span,
  signal: AbortSignal,
): AsyncGenerator<readonly Alert[]> {
  // The next page is asked for from where this one ended: a store may look through all that lies between otherwise.
  let from = since
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    signal.throwIfAborted()
    const page = await store.alerts({ since: from, until, limit: pageSize, cursor, order: "oldest" })
    yield page.items
    cursor = page.next
    from = page.items.at(-1)?.at ?? from
    await setImmediate()
  }
}

/**
 * The same with the alerts that rules would have raised put between them, in the place of what these rules raised then: nothing counts
 * twice.
 */
export async function* pagesWith(
  stored: AsyncIterable<readonly Alert[]>,
  { given, rules }: Pick<RuleSubject, "given" | "rules">,
  { since, until }: Span,
): AsyncGenerator<readonly Alert[]> {
  const isTheirs = ({ contributions }: Alert) => contributions.every(({ rule }) => rules.has(rule))
  const waiting = given.filter(({ at }) => at >= since && at <= until).sort((one, other) => other.at - one.at)
  const upTo = (at: Millis) => {
    const ready: Alert[] = []
    for (let next = waiting.at(-1); next !== undefined && next.at <= at; next = waiting.at(-1)) {
      ready.push(next)
      waiting.pop()
    }
    return ready
  }
  for await (const page of stored) {
    const kept = given.length === 0 ? page : page.filter((alert) => !isTheirs(alert))
    const last = page.at(-1)
    yield last === undefined ? kept : [...kept, ...upTo(last.at)].sort((one, other) => one.at - other.at)
  }
  while (waiting.length > 0) yield upTo(waiting.at(-Math.min(pageSize, waiting.length))?.at ?? until)
}
