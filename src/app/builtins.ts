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
import { createAwsEnforcers } from "./aws-enforcers.ts"
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
  /** Told to whoever watches the process, such as the calls of a dry run. */
  readonly note: (text: string) => void
}

/** Those that block addresses, and those that quarantine nodes. */
export interface Enforcers {
  readonly blocking: readonly Enforcer[]
  readonly quarantining: readonly QuarantineEnforcer[]
}

type EnforcerConfig = Exclude<Config["enforcers"][number], string>

interface EnforcerPlugin {
  readonly id: string
  /** Without settings of its own it was asked for by its name alone. */
  readonly create: (settings: EnforcerSettings, own: EnforcerConfig | undefined) => Partial<Enforcers>
}

/** Every enforcer that comes with Thwart: the one list. */
function pluginsWith(deps: EnforcerDeps): readonly EnforcerPlugin[] {
  const aws = createAwsEnforcers(deps)
  return [
    { id: "nftables", create: ({ netns }) => ({ blocking: [createNftablesEnforcer(deps, { netns })] }) },
    { id: "http", create: () => ({ blocking: [createHttpEnforcer(deps)] }) },
    {
      id: "containers",
      create: ({ dataDir, protectedNodes }, own) => {
        const usual = usualSockets(process.env)
        const named = own?.kind === "containers" ? own.socket : null
        const socket = named ?? usual.find((path) => existsSync(path)) ?? usual[0] ?? ""
        const options = { socket, dir: join(dataDir, "containers"), protectedNodes }
        return { quarantining: [createContainersEnforcer({ ...deps, read: machineFacts.read }, options)] }
      },
    },
    {
      id: "aws-waf",
      create: (_, own) => ({ blocking: own?.kind === "aws-waf" ? aws.waf(own) : needsSettings("aws-waf") }),
    },
    {
      id: "aws-nacl",
      create: (_, own) => ({ blocking: own?.kind === "aws-nacl" ? aws.nacl(own) : needsSettings("aws-nacl") }),
    },
  ]
}

/** Makes the enforcers that were asked for; throws for one that there is not, or that is named twice. */
export function createEnforcers(asked: Config["enforcers"], deps: EnforcerDeps, settings: EnforcerSettings): Enforcers {
  const plugins = pluginsWith(deps)
  const made = asked.map((one) => {
    const id = typeof one === "string" ? one : one.kind
    const plugin = plugins.find((known) => known.id === id)
    if (plugin === undefined)
      throw new ThwartError(
        "THWART_PLUGIN_UNKNOWN",
        `there is no enforcer "${id}"; there are: ${plugins.map((known) => known.id).join(", ")}`,
      )
    return plugin.create(settings, typeof one === "string" ? undefined : one)
  })
  const blocking = made.flatMap((one) => one.blocking ?? [])
  const quarantining = made.flatMap((one) => one.quarantining ?? [])
  const ids = [...blocking, ...quarantining].map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw new ThwartError("THWART_PLUGIN_DUPLICATE", `the enforcer "${twice}" is named twice`)
  return { blocking, quarantining }
}

function needsSettings(id: string): never {
  throw new ThwartError(
    "THWART_CONFIG_INVALID",
    `the enforcer "${id}" has to be told where to work: write it into thwart.yaml, as docs/reference/aws.md shows`,
  )
}
