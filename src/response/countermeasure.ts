import type {
  BlockCountermeasure,
  Countermeasure,
  EnforcementReport,
  Millis,
  NodeRef,
  QuarantineAction,
  QuarantineCountermeasure,
} from "../core/index.ts"
import type { Place } from "./place.ts"
import type { ResponderDeps } from "./services.ts"

export type Ending = NonNullable<Countermeasure["endReason"]>

type Wish<More> = Pick<Countermeasure, "enforcers" | "severity" | "reason"> & More

/** A block that nobody has heard of yet. Empty `enforcers`: all that run. */
export function newBlock(
  deps: Pick<ResponderDeps, "clock" | "ids" | "enforcers">,
  wish: Wish<Place>,
  durationMs: Millis | null,
): BlockCountermeasure {
  const { target, direction, action, rate } = wish
  return {
    ...begin(deps, wish, { running: deps.enforcers, kind: "enforcer", durationMs }),
    action,
    target,
    direction,
    ...(rate === undefined ? {} : { rate }),
  }
}

/** A quarantine that nobody has heard of yet. Empty `enforcers`: all that can do this to such a node. */
export function newQuarantine(
  deps: Pick<ResponderDeps, "clock" | "ids" | "quarantiners">,
  wish: Wish<{ readonly node: NodeRef; readonly action: QuarantineAction }>,
  durationMs: Millis | null,
): QuarantineCountermeasure {
  const { node, action } = wish
  const able = (deps.quarantiners ?? []).filter(
    ({ nodeKinds, actions }) => nodeKinds.includes(node.kind) && actions.includes(action),
  )
  return {
    ...begin(deps, wish, {
      running: able.map(({ id }) => id),
      kind: `enforcer for nodes of kind ${node.kind}`,
      durationMs,
    }),
    action,
    node,
  }
}

interface Beginning {
  readonly running: readonly string[]
  /** What runs, for whoever asks for another. */
  readonly kind: string
  readonly durationMs: Millis | null
}

function begin(
  { clock, ids }: Pick<ResponderDeps, "clock" | "ids">,
  wish: Wish<unknown>,
  { running, kind, durationMs }: Beginning,
) {
  const now = clock.now()
  const enforcers = wish.enforcers.length > 0 ? wish.enforcers : running
  return {
    severity: wish.severity,
    reason: wish.reason,
    id: ids.countermeasure(),
    enforcers,
    createdAt: now,
    expiresAt: durationMs === null ? null : now + durationMs,
    endedAt: null,
    endReason: null,
    endedBy: null,
    reports: enforcers.map((enforcer) =>
      running.includes(enforcer) ? firstReport(enforcer, now) : absent(enforcer, kind, now),
    ),
  }
}

export function endedAs<C extends Countermeasure>(
  of: C,
  { reason, by, at }: { readonly reason: Ending; readonly by: string; readonly at: Millis },
): C {
  return { ...of, endedAt: of.endedAt ?? at, endReason: reason, endedBy: by }
}

function firstReport(enforcer: string, now: Millis): EnforcementReport {
  return { enforcer, state: "pending", reason: null, since: now, checkedAt: now }
}

/** What a policy asks of an enforcer that is not there is told, not passed over. */
function absent(enforcer: string, kind: string, now: Millis): EnforcementReport {
  return { enforcer, state: "not-enforced", reason: `no ${kind} "${enforcer}" runs here`, since: now, checkedAt: now }
}
