import { nearest } from "../../filter/index.ts"

/** What playbooks can name: enforcers that there are and that run, and targets of notifications. */
export interface PlaybookDirectory {
  /** Every kind of enforcer that comes with Thwart. */
  readonly kinds: readonly EnforcerKind[]
  /** Ids of those that run here: a kind, or a kind, a colon and its target. Null: not known, as in a check without a configuration. */
  readonly running: readonly string[] | null
  /** Null: not known, as above. */
  readonly notificationTargets: readonly string[] | null
}

export interface EnforcerKind {
  readonly id: string
  readonly does: "block" | "quarantine"
  /** The key that names its target in a playbook of one line: `network-acl`. */
  readonly shorthand?: string
}

export type Found =
  | { readonly kind: "found"; readonly ids: readonly string[] }
  | { readonly kind: "unknown" | "not-configured" | "wrong-kind"; readonly message: string }

/** The enforcers that a name means: an id, a kind (all of it), or a kind with its target (`aws-nacl:acl-0123…`). */
export function enforcersNamed(
  name: string,
  does: EnforcerKind["does"],
  { kinds, running }: Pick<PlaybookDirectory, "kinds" | "running">,
): Found {
  const [kindId = ""] = name.split(":", 1)
  const target = name.slice(kindId.length + 1)
  const ids = (running ?? []).filter((id) => id === name || means(id, kindId, target))
  const kind = kinds.find(({ id }) => id === kindId)
  if (kind === undefined && ids.length === 0) {
    const there = kinds.filter((one) => one.does === does).map(({ id }) => id)
    const message = `there is no enforcer "${name}"; there are: ${there.join(", ")}${hint(kindId, there)}`
    return { kind: "unknown", message }
  }
  if (kind !== undefined && kind.does !== does)
    return {
      kind: "wrong-kind",
      message: `the enforcer "${name}" ${kind.does === "block" ? "blocks addresses and quarantines no nodes" : "quarantines nodes and blocks no addresses"}`,
    }
  if (running === null || ids.length > 0) return { kind: "found", ids }
  const here = running.length === 0 ? "none" : running.join(", ")
  return {
    kind: "not-configured",
    message: `the enforcer "${name}" is known, but not configured (configured: ${here}); add it to "enforcers" in thwart.yaml`,
  }
}

function means(id: string, kind: string, target: string): boolean {
  if (target === "") return id === kind || id.startsWith(`${kind}:`)
  // A target is often written without where it lies: `aws-nacl:eu-central-1/acl-0123…`.
  return id.startsWith(`${kind}:`) && (id.endsWith(`:${target}`) || id.endsWith(`/${target}`))
}

/** Undefined when it can be notified. */
export function notificationProblem(
  target: string,
  { notificationTargets }: Pick<PlaybookDirectory, "notificationTargets">,
): string | undefined {
  if (notificationTargets === null || notificationTargets.includes(target)) return undefined
  return notificationTargets.length === 0
    ? `"${target}" can't be notified: no notification target is configured here`
    : `there is no notification target "${target}"; there are: ${notificationTargets.join(", ")}${hint(target, notificationTargets)}`
}

function hint(name: string, there: readonly string[]): string {
  const meant = nearest(name, there)
  return meant === undefined ? "" : `; did you mean ${meant}?`
}
