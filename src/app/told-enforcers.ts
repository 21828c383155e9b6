import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Clock, messageOf, ThwartError } from "../core/index.ts"
import { createBook, createExecEnforcer, createWebhookEnforcer, type Enforcer } from "../enforcers/index.ts"
import { createSecrets } from "../outbound/index.ts"
import type { Config } from "./config.ts"

export interface ToldEnforcersDeps {
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

type ToldConfig = Extract<Config["enforcers"][number], { readonly kind: "webhook" | "exec" }>
type ConfigOf<K extends ToldConfig["kind"]> = Extract<ToldConfig, { readonly kind: K }>

/** Those that tell a system of the operator's: what it was told is kept under their name. */
export interface ToldEnforcers {
  webhook(config: ConfigOf<"webhook">, dataDir: string): Enforcer
  exec(config: ConfigOf<"exec">, dataDir: string): Enforcer
}

export function createToldEnforcers({ clock, onError }: ToldEnforcersDeps): ToldEnforcers {
  const secrets = createSecrets({ env: process.env, readFile: (path) => readFileSync(path, "utf8") })
  const told =
    <C extends ToldConfig>(create: (deps: Parameters<typeof createWebhookEnforcer>[0], config: C) => Enforcer) =>
    (config: C, dataDir: string): Enforcer => {
      const id = config.name ?? config.kind
      const book = createBook({ file: join(dataDir, "enforcers", `${id}.jsonl`), onError })
      try {
        return create({ clock, fetch, secrets, book }, config)
      } catch (cause) {
        throw new ThwartError("THWART_CONFIG_INVALID", `the enforcer "${id}" can't work: ${messageOf(cause)}`)
      }
    }
  return { webhook: told(createWebhookEnforcer), exec: told(createExecEnforcer) }
}
