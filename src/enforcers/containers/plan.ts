import type { QuarantineAction } from "../../core/index.ts"
import type { Attachment, Container } from "./engine.ts"

/** What the way back needs, as it was before anything was changed. */
export interface Before {
  readonly startedAt: string
  readonly running: boolean
  readonly paused: boolean
  readonly attachments: readonly Attachment[]
}

/** One call to the engine. */
export type Change =
  | { readonly kind: "pause" | "unpause" | "stop" | "start" | "restart" | "remove" }
  | { readonly kind: "disconnect"; readonly network: string }
  | { readonly kind: "attach"; readonly attachment: Attachment }

/** What is planned with: the parts of a container that can change. */
export type State = Pick<Container, "startedAt" | "running" | "paused" | "attachments">

export function beforeOf({ startedAt, running, paused, attachments }: State): Before {
  return { startedAt, running, paused, attachments }
}

/** True when the container is as the action wants it; undefined: it is gone. */
export function holds(action: QuarantineAction, container: State | undefined, before: Before): boolean {
  if (container === undefined) return action === "remove"
  switch (action) {
    case "pause":
      return container.paused || !container.running
    case "stop":
      return !container.running
    case "isolate":
      return container.attachments.length === 0
    case "restart":
      return container.startedAt !== before.startedAt
    case "remove":
      return false
  }
}

/** The calls that bring it there; none when it is there already. */
export function wayThere(action: QuarantineAction, container: State, before: Before): readonly Change[] {
  if (holds(action, container, before)) return []
  // Podman neither stops nor restarts what is paused.
  const awake: readonly Change[] = container.paused ? [{ kind: "unpause" }] : []
  switch (action) {
    case "pause":
    case "remove":
      return [{ kind: action }]
    case "stop":
    case "restart":
      return [...awake, { kind: action }]
    case "isolate":
      return container.attachments.map(({ network }) => ({ kind: "disconnect", network }))
  }
}

/** The calls that give back what was taken, and nothing that was so before or that somebody else has changed since. */
export function wayBack(action: QuarantineAction, container: State | undefined, before: Before): readonly Change[] {
  if (container === undefined) return []
  const sameRun = container.startedAt === before.startedAt
  switch (action) {
    case "pause":
      return container.paused && !before.paused && sameRun ? [{ kind: "unpause" }] : []
    case "stop":
      if (container.running || !before.running || !sameRun) return []
      return before.paused ? [{ kind: "start" }, { kind: "pause" }] : [{ kind: "start" }]
    case "isolate": {
      const there = new Set(container.attachments.map(({ network }) => network))
      return before.attachments
        .filter(({ network }) => !there.has(network))
        .map((attachment) => ({ kind: "attach", attachment }))
    }
    case "restart":
    case "remove":
      return []
  }
}
