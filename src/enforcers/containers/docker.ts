import type { Clock } from "../../core/index.ts"
import type { QuarantineEnforcer } from "../enforcer.ts"
import { createContainers } from "./containers.ts"
import { createCustodyFiles } from "./custody-files.ts"
import { type Connection, createDockerApi } from "./docker-api.ts"
import { createEngine } from "./engine.ts"
import { ownContainerIds } from "./identity.ts"
import { createRehearsal } from "./rehearsal.ts"

export interface ContainersEnforcerDeps {
  readonly clock: Clock
  /** A file's text, or undefined. */
  readonly read: (path: string) => string | undefined
  readonly onError: (error: unknown) => void
}

export interface ContainersEnforcerOptions {
  readonly socket: string
  /** Where evidence and what the way back needs are kept. */
  readonly dir: string
  /** Ids and names of nodes that are never touched. */
  readonly protectedNodes: readonly string[]
}

/** Quarantines containers by the Docker Engine API, of Docker or Podman. */
export function createContainersEnforcer(
  { clock, read, onError }: ContainersEnforcerDeps,
  { socket, dir, protectedNodes }: ContainersEnforcerOptions,
): QuarantineEnforcer {
  const api = createDockerApi({ socket })
  const engine = createEngine(api)
  const untouchables = () => ({ own: ownContainerIds(read), never: protectedNodes })
  const book = createCustodyFiles({ dir, onError })
  return createContainers({ clock, engine, book, untouchables, onError, rehearse: () => createRehearsal(api) })
}

/** What answers at a socket; throws THWART_CONTAINERS_FAILED with a diagnosis. */
export function probeContainers(socket: string, signal: AbortSignal): Promise<Connection> {
  return createDockerApi({ socket }).connect(signal)
}
