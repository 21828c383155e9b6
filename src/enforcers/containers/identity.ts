import { nodeInWords, type QuarantineAction } from "../../core/index.ts"
import type { Quarantine } from "../enforcer.ts"
import type { Container } from "./engine.ts"

/** Twelve digits are how engines shorten an id; a name of fewer hexadecimal digits is taken for a name. */
const idForm = /^[0-9a-f]{12,64}$/

/** Ids and names to look a node up by, the surest first. */
export function namesOf({ id, name }: Quarantine["node"]): readonly string[] {
  return name === "" || name === id ? [id] : [id, name]
}

/** Why this container is not the one that was meant, or undefined. A name can be given to another container; an id can't. */
export function mistakenFor({ node, decidedAt }: Quarantine, container: Container): string | undefined {
  const shown = `${container.name} (${container.id.slice(0, 12)})`
  if (idForm.test(node.id))
    return container.id.startsWith(node.id) ? undefined : `${shown} is not the container ${node.id} that was meant`
  if (!namesOf(node).includes(container.name)) return `${shown} is not called ${node.id}`
  if (!(container.createdAt <= decidedAt))
    return `${shown} was made after the decision; it is another container of the same name`
  return undefined
}

/** Why it can't be done to this container at all, or undefined. */
export function impossible(action: QuarantineAction, container: Container): string | undefined {
  const { name, networkMode, removedWhenStopped, running } = container
  if (action === "stop" && removedWhenStopped)
    return `${name} is deleted when it stops (--rm), so there would be no way back; pause it, or remove it`
  if (action === "restart" && !running) return `${name} does not run, so there is nothing to restart`
  if (action === "isolate" && /^(host|container:.*|ns:.*|slirp4netns.*|pasta.*)$/.test(networkMode))
    return `${name} has no network of its own that it could be disconnected from (${networkMode}); pause or stop it`
  return undefined
}

export interface Untouchables {
  /** Ids, or beginnings of ids, of the container that Thwart runs in. */
  readonly own: readonly string[]
  /** Ids and names that are never quarantined. */
  readonly never: readonly string[]
}

/** Why this container is never touched, or undefined. */
export function untouchable(
  { node }: Quarantine,
  container: Container,
  { own, never }: Untouchables,
): string | undefined {
  if (own.some((id) => id !== "" && container.id.startsWith(id)))
    return `${container.name} is the container that Thwart itself runs in`
  const named = (one: string) =>
    one === container.name || one === node.id || one === node.name || (idForm.test(one) && container.id.startsWith(one))
  return never.some(named)
    ? `${nodeInWords(node)} is one of the nodes that are never quarantined (protectedNodes)`
    : undefined
}

/** The ids that a process finds of the container around it: in its cgroup (v1, v2) and in the mounts that engines make for it. */
export function ownContainerIds(read: (path: string) => string | undefined): readonly string[] {
  const cgroup = read("/proc/self/cgroup") ?? ""
  const mounts = (read("/proc/self/mountinfo") ?? "")
    .split("\n")
    .filter((line) => / \/etc\/(hostname|hosts|resolv\.conf) | \/run\/\.containerenv /.test(line))
  const found = [cgroup, ...mounts].flatMap((text) => text.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g) ?? [])
  return [...new Set(found)]
}
