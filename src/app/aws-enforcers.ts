import { setTimeout as sleep } from "node:timers/promises"
import type { Clock } from "../core/index.ts"
import {
  type AwsCall,
  type AwsNaclConfig,
  type AwsWafConfig,
  createAwsNaclEnforcer,
  createAwsWafEnforcer,
  createNaclApi,
  createPacedApi,
  createWafApi,
  type Enforcer,
  naclPace,
  wafPace,
} from "../enforcers/index.ts"

export interface AwsEnforcersDeps {
  readonly clock: Clock
  /** Told of each call that a dry run would make. */
  readonly note: (text: string) => void
}

/** One enforcer for each web ACL and network ACL, so that none waits for another. */
export interface AwsEnforcers {
  waf(config: AwsWafConfig): readonly Enforcer[]
  nacl(config: AwsNaclConfig): readonly Enforcer[]
}

/** The pace of changes is the account's, and that of all enforcers of one service together. */
export function createAwsEnforcers({ clock, note }: AwsEnforcersDeps): AwsEnforcers {
  const wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal })
  const deps = { clock, sleep: wait, random: Math.random }
  const wafApi = createPacedApi(createWafApi(), deps, wafPace)
  const naclApi = createPacedApi(createNaclApi(), deps, naclPace)
  const common = { clock, sleep: wait, onDryRun: createNoteOnce(note) }
  return {
    waf: ({ webAcls, ...config }) =>
      webAcls.map((webAcl) => createAwsWafEnforcer({ ...common, api: wafApi }, { ...config, webAcl })),
    nacl: ({ networkAcls, ...config }) =>
      networkAcls.map((networkAcl) => createAwsNaclEnforcer({ ...common, api: naclApi }, { ...config, networkAcl })),
  }
}

// A call may have 10,000 addresses.
const maxShown = 100

/** The same is planned at every look, since nothing comes of it; what was told long ago may be told again. */
function createNoteOnce(note: (text: string) => void): (call: AwsCall) => void {
  const shown = new Set<string>()
  return ({ region, action, input }) => {
    const text = `dry run: AWS in ${region}: ${action} ${JSON.stringify(input)}`
    if (shown.has(text)) return
    if (shown.size >= maxShown) shown.clear()
    shown.add(text)
    note(text)
  }
}
