import { type Clock, ThwartError } from "../core/index.ts"
import { createHttpEnforcer, createNftablesEnforcer, type Enforcer } from "../enforcers/index.ts"

/** What a plug-in may need of the machine. */
export interface EnforcerSettings {
  readonly netns: string | null
}

interface EnforcerPlugin {
  readonly id: string
  readonly create: (deps: { readonly clock: Clock }, settings: EnforcerSettings) => Enforcer
}

/** Every enforcer that comes with Thwart: the one list. */
const enforcers: readonly EnforcerPlugin[] = [
  { id: "nftables", create: (deps, { netns }) => createNftablesEnforcer(deps, { netns }) },
  { id: "http", create: (deps) => createHttpEnforcer(deps) },
]

/** Makes the enforcers that were asked for; throws for one that there is not, or that is named twice. */
export function createEnforcers(
  ids: readonly string[],
  deps: { readonly clock: Clock },
  settings: EnforcerSettings,
): readonly Enforcer[] {
  return ids.map((id, index) => {
    if (ids.indexOf(id) !== index)
      throw new ThwartError("THWART_PLUGIN_DUPLICATE", `the enforcer "${id}" is named twice`)
    const plugin = enforcers.find((one) => one.id === id)
    if (plugin === undefined)
      throw new ThwartError(
        "THWART_PLUGIN_UNKNOWN",
        `there is no enforcer "${id}"; there are: ${enforcers.map((one) => one.id).join(", ")}`,
      )
    return plugin.create(deps, settings)
  })
}
