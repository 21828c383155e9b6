import { setTimeout as sleep } from "node:timers/promises"
import { type Clock, ThwartError } from "../core/index.ts"
import {
  type AwsWafConfig,
  createAwsWafEnforcer,
  createHttpEnforcer,
  createNftablesEnforcer,
  createPacedApi,
  createWafApi,
  type Enforcer,
  type WafCall,
} from "../enforcers/index.ts"

/** What a plug-in may need of the machine. */
export interface EnforcerSettings {
  readonly netns: string | null
}

export interface EnforcerDeps {
  readonly clock: Clock
  /** Told to whoever watches the process, such as the calls of a dry run. */
  readonly note: (text: string) => void
}

/** An enforcer by its id, or by its kind with what it needs to know. */
export type EnforcerWish = string | AwsWafConfig

interface EnforcerPlugin {
  readonly id: string
  readonly create: (deps: EnforcerDeps, settings: EnforcerSettings) => Enforcer
}

/** Every enforcer that comes with Thwart and needs no settings of its own: the one list. */
const enforcers: readonly EnforcerPlugin[] = [
  { id: "nftables", create: (deps, { netns }) => createNftablesEnforcer(deps, { netns }) },
  { id: "http", create: (deps) => createHttpEnforcer(deps) },
]
const withSettings: readonly AwsWafConfig["kind"][] = ["aws-waf"]

/** Makes the enforcers that were asked for; throws for one that there is not, or that is named twice. */
export function createEnforcers(
  wishes: readonly EnforcerWish[],
  deps: EnforcerDeps,
  settings: EnforcerSettings,
): readonly Enforcer[] {
  const awsWaf = createAwsWaf(deps)
  const made = wishes.flatMap((wish) => (typeof wish === "string" ? [named(wish, deps, settings)] : awsWaf(wish)))
  const ids = made.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw new ThwartError("THWART_PLUGIN_DUPLICATE", `the enforcer "${twice}" is named twice`)
  return made
}

function named(id: string, deps: EnforcerDeps, settings: EnforcerSettings): Enforcer {
  const plugin = enforcers.find((one) => one.id === id)
  if (plugin !== undefined) return plugin.create(deps, settings)
  if (withSettings.some((kind) => kind === id))
    throw new ThwartError(
      "THWART_CONFIG_INVALID",
      `the enforcer "${id}" has to be told where to work: write it into thwart.yaml, as docs/reference/${id}.md shows`,
    )
  throw new ThwartError(
    "THWART_PLUGIN_UNKNOWN",
    `there is no enforcer "${id}"; there are: ${[...enforcers.map((one) => one.id), ...withSettings].join(", ")}`,
  )
}

// A call may have 10,000 addresses.
const maxShown = 100

/** One enforcer for each web ACL, so that none waits for another; the pace of changes is the account's, and theirs together. */
function createAwsWaf({ clock, note }: EnforcerDeps): (config: AwsWafConfig) => readonly Enforcer[] {
  const wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal })
  const api = createPacedApi(createWafApi(), { clock, sleep: wait, random: Math.random })
  const shown = new Set<string>()
  const onDryRun = ({ region, action, input }: WafCall) => {
    const text = `dry run: AWS WAF in ${region}: ${action} ${JSON.stringify(input)}`
    // The same is planned at every look, since nothing comes of it; what was told long ago may be told again.
    if (shown.has(text)) return
    if (shown.size >= maxShown) shown.clear()
    shown.add(text)
    note(text)
  }
  return ({ webAcls, ...config }) =>
    webAcls.map((webAcl) => createAwsWafEnforcer({ clock, api, sleep: wait, onDryRun }, { ...config, webAcl }))
}
