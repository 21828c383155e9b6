import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Clock, messageOf, ThwartError } from "../core/index.ts"
import {
  createBook,
  createContainersEnforcer,
  createExecEnforcer,
  createHttpEnforcer,
  createNftablesEnforcer,
  createWebhookEnforcer,
  type Enforcer,
  type QuarantineEnforcer,
  usualSockets,
} from "../enforcers/index.ts"
import { createSecrets } from "../outbound/index.ts"
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
      const socket =
        (own?.kind === "containers" ? own.socket : null) ?? usual.find((path) => existsSync(path)) ?? usual[0] ?? ""
      const options = { socket, dir: join(dataDir, "containers"), protectedNodes }
      return {
        kind: "quarantining",
        enforcer: createContainersEnforcer({ ...deps, read: machineFacts.read }, options),
      }
    },
  },
  {
    id: "webhook",
    create: (deps, settings, own) =>
      own?.kind === "webhook" ? told(createWebhookEnforcer, own, deps, settings) : refuseBare("webhook"),
  },
  {
    id: "exec",
    create: (deps, settings, own) =>
      own?.kind === "exec" ? told(createExecEnforcer, own, deps, settings) : refuseBare("exec"),
  },
]

type ToldConfig = Extract<EnforcerConfig, { readonly kind: "webhook" | "exec" }>

/** One that tells a system of the operator's: what it was told is kept under its name. */
function told<C extends ToldConfig>(
  create: (deps: Parameters<typeof createWebhookEnforcer>[0], config: C) => Enforcer,
  own: C,
  { clock, onError }: EnforcerDeps,
  { dataDir }: EnforcerSettings,
): Made {
  const id = own.name ?? own.kind
  const secrets = createSecrets({ env: process.env, readFile: (path) => readFileSync(path, "utf8") })
  const book = createBook({ file: join(dataDir, "enforcers", `${id}.jsonl`), onError })
  try {
    return { kind: "blocking", enforcer: create({ clock, fetch, secrets, book }, own) }
  } catch (cause) {
    throw new ThwartError("THWART_CONFIG_INVALID", `the enforcer "${id}" can't work: ${messageOf(cause)}`)
  }
}

function refuseBare(kind: string): never {
  throw new ThwartError(
    "THWART_CONFIG_INVALID",
    `the enforcer "${kind}" needs settings in thwart.yaml: what to call for block and unblock`,
  )
}

/** Makes the enforcers that were asked for; throws for one that there is not, or that is named twice. */
export function createEnforcers(asked: Config["enforcers"], deps: EnforcerDeps, settings: EnforcerSettings): Enforcers {
  const kinds = asked.map((one) => (typeof one === "string" ? one : one.kind))
  const ids = asked.map(
    (one, index) => (typeof one !== "string" && "name" in one ? one.name : null) ?? kinds[index] ?? "",
  )
  const made = asked.map((one, index) => {
    const id = ids[index] ?? ""
    if (ids.indexOf(id) !== index)
      throw new ThwartError("THWART_PLUGIN_DUPLICATE", `the enforcer "${id}" is named twice`)
    const plugin = enforcers.find((known) => known.id === kinds[index])
    if (plugin === undefined)
      throw new ThwartError(
        "THWART_PLUGIN_UNKNOWN",
        `there is no enforcer "${kinds[index]}"; there are: ${enforcers.map((known) => known.id).join(", ")}`,
      )
    return plugin.create(deps, settings, typeof one === "string" ? undefined : one)
  })
  return {
    blocking: made.flatMap((one) => (one.kind === "blocking" ? [one.enforcer] : [])),
    quarantining: made.flatMap((one) => (one.kind === "quarantining" ? [one.enforcer] : [])),
  }
}
