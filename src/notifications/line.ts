import { type Clock, type Millis, messageOf, type NoticeKind, ThwartError } from "../core/index.ts"
import { createSecrets, type SecretDeps } from "../outbound/index.ts"
import type { Store } from "../store/store.ts"
import type { Backoff } from "./backoff.ts"
import type { NotificationsConfig, TargetConfig } from "./config.ts"
import { type Courier, createCourier } from "./courier.ts"
import { createQueue, type Queue } from "./queue.ts"
import { createTarget } from "./targets/index.ts"
import type { NotificationTarget } from "./targets/target.ts"

/** One target, with what waits for it and who brings it there. */
export interface Line {
  readonly config: TargetConfig
  readonly target: NotificationTarget
  readonly queue: Queue
  readonly courier: Courier
}

/** How a target is, for people. */
export interface TargetStatus {
  readonly name: string
  readonly kind: TargetConfig["kind"]
  readonly destination: string
  readonly minSeverity: TargetConfig["minSeverity"]
  readonly kinds: readonly NoticeKind[]
  /** `idle`: nothing was sent since start. */
  readonly state: "idle" | "ok" | "failing"
  readonly reason: string | null
  readonly pending: number
  /** Since start. */
  readonly delivered: number
  readonly failed: number
  readonly lastDeliveredAt: Millis | null
}

export interface LineDeps extends SecretDeps {
  readonly store: Pick<Store, "record">
  readonly clock: Clock
  readonly newId: () => string
  readonly fetch: typeof globalThis.fetch
  readonly random: () => number
  readonly onError: (error: unknown) => void
}

/** A line for each target; throws THWART_CONFIG_INVALID with everything that is wrong about them. */
export function createLines(
  deps: LineDeps,
  { targets, publicUrl }: NotificationsConfig,
  { backoff }: { readonly backoff?: Backoff },
): readonly Line[] {
  const { store, clock, newId, random, onError } = deps
  const secrets = createSecrets(deps)
  const targetDeps = { ...deps, now: clock.now, secrets }
  const linkTo = (path: string) => (publicUrl === null ? null : publicUrl.replace(/\/+$/, "") + path)
  const mistakes: string[] = []
  const lines = targets.flatMap((config, index): readonly Line[] => {
    try {
      if (targets.findIndex(({ name }) => name === config.name) !== index) throw new Error("the name is taken already")
      const target = createTarget(targetDeps, config)
      const queue = createQueue({ clock, newId, target }, config)
      const courier = createCourier(
        { clock, store, queue, target, linkTo, hide: secrets.hide, random, onError },
        { giveUpAfterMs: config.giveUpAfter, ...(backoff === undefined ? {} : { backoff }) },
      )
      return [{ config, target, queue, courier }]
    } catch (error) {
      mistakes.push(`notifications: the target "${config.name}": ${secrets.hide(messageOf(error))}`)
      return []
    }
  })
  if (mistakes.length > 0) throw new ThwartError("THWART_CONFIG_INVALID", mistakes.join("\n"))
  return lines
}

export function statusOf({ config, target, queue, courier }: Line): TargetStatus {
  const { name, kind, minSeverity, kinds } = config
  const { delivered, failed, lastDeliveredAt, failing } = courier.figures()
  return {
    name,
    kind,
    destination: target.destination,
    minSeverity,
    kinds,
    state: failing !== null ? "failing" : delivered > 0 ? "ok" : "idle",
    reason: failing,
    pending: queue.size(),
    delivered,
    failed,
    lastDeliveredAt,
  }
}
