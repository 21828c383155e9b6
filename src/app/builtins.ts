import { existsSync } from "node:fs"
import { join } from "node:path"
import { type Clock, ThwartError } from "../core/index.ts"
import {
  createContainersEnforcer,
  createHttpEnforcer,
  createNftablesEnforcer,
  type Enforcer,
  type QuarantineEnforcer,
  usualSockets,
} from "../enforcers/index.ts"
import type { EnforcerKind } from "../response/playbooks/index.ts"
import type { Config } from "./config.ts"
import { machineFacts } from "./node.ts"

/** What a plug-in may need of the machine. */
export interface EnforcerSettings {
  readonly netns: string | null
  readonly protectedNodes: readonly string[]
  /** Where an enforcer may keep what outlives the process. */
  readonly dataDir: string
}

export interface EnforcerDeps {
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** Those that block addresses, and those that quarantine nodes. */
export interface Enforcers {
  readonly blocking: readonly Enforcer[]
  readonly quarantining: readonly QuarantineEnforcer[]
}

type EnforcerConfig = Exclude<Config["enforcers"][number], string>
type Made =
  | { readonly kind: "blocking"; readonly enforcer: Enforcer }
  | { readonly kind: "quarantining"; readonly enforcer: QuarantineEnforcer }

interface EnforcerPlugin {
  readonly id: string
  /** Without settings of its own it was asked for by its name alone. */
  readonly create: (deps: EnforcerDeps, settings: EnforcerSettings, own: EnforcerConfig | undefined) => Made
}

/** Every enforcer that comes with Thwart: the one list. */
const enforcers: readonly EnforcerPlugin[] = [
  {
    id: "nftables",
    create: (deps, { netns }) => ({ kind: "blocking", enforcer: createNftablesEnforcer(deps, { netns }) }),
  },
  { id: "http", create: (deps) => ({ kind: "blocking", enforcer: createHttpEnforcer(deps) }) },
  {
    id: "containers",
    create: (deps, { dataDir, protectedNodes }, own) => {
      const usual = usualSockets(process.env)
      const socket = own?.socket ?? usual.find((path) => existsSync(path)) ?? usual[0] ?? ""
      const options = { socket, dir: join(dataDir, "containers"), protectedNodes }
      return {
        kind: "quarantining",
        enforcer: createContainersEnforcer({ ...deps, read: machineFacts.read }, options),
      }
    },
  },
]

/** Every kind of enforcer that a playbook can name, also those that need more to run than is here. */
export const enforcerKinds: readonly EnforcerKind[] = [
  { id: "nftables", does: "block" },
  { id: "http", does: "block" },
  { id: "aws-waf", does: "block", shorthand: "web-acl" },
  { id: "aws-nacl", does: "block", shorthand: "network-acl" },
  { id: "containers", does: "quarantine" },
]

/** Makes the enforcers that were asked for; throws for one that there is not, or that is named twice. */
export function createEnforcers(asked: Config["enforcers"], deps: EnforcerDeps, settings: EnforcerSettings): Enforcers {
  const ids = asked.map((one) => (typeof one === "string" ? one : one.kind))
  const made = asked.map((one, index) => {
    const id = ids[index] ?? ""
    if (ids.indexOf(id) !== index)
      throw new ThwartError("THWART_PLUGIN_DUPLICATE", `the enforcer "${id}" is named twice`)
    const plugin = enforcers.find((known) => known.id === id)
    if (plugin === undefined)
      throw new ThwartError(
        "THWART_PLUGIN_UNKNOWN",
        `there is no enforcer "${id}"; there are: ${enforcers.map((known) => known.id).join(", ")}`,
      )
    return plugin.create(deps, settings, typeof one === "string" ? undefined : one)
  })
  return {
    blocking: made.flatMap((one) => (one.kind === "blocking" ? [one.enforcer] : [])),
    quarantining: made.flatMap((one) => (one.kind === "quarantining" ? [one.enforcer] : [])),
  }
}
