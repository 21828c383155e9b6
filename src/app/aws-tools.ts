import { setTimeout as sleep } from "node:timers/promises"
import type { AwsTools } from "../cli/index.ts"
import { prefix, systemClock, ThwartError } from "../core/index.ts"
import {
  type AwsWafConfig,
  awsWafConfig,
  checkAwsWaf,
  createAwsWafEnforcer,
  createPacedApi,
  createWafApi,
  iamPolicy,
  type WafCall,
} from "../enforcers/index.ts"
import { type Config, parseConfig } from "./config.ts"

/** What the command line does in AWS; `read` reads a file, or throws. */
export function createAwsTools(read: (path: string) => string): AwsTools {
  return {
    iamPolicy: (webAcls, namePrefix) => {
      const config = configOf({ webAcls, namePrefix })
      return iamPolicy(config.webAcls, config.namePrefix)
    },
    check: async ({ webAcls, config, dryRun }, signal) => {
      const named = webAcls.length === 0 ? [] : [configOf({ webAcls })]
      const written: Config["enforcers"] = config === undefined ? [] : parseConfig(read(config), config).enforcers
      const configs = [...named, ...written.filter((wish) => typeof wish !== "string" && wish.kind === "aws-waf")]
      if (configs.length === 0)
        throw new ThwartError("THWART_USAGE", `${config} names no web ACL; docs/reference/aws.md shows how it does`)
      const targets = dryRun.map(prefix)
      return Promise.all(
        configs.flatMap(({ webAcls: acls, ...settings }) =>
          acls.map(async (webAcl) => {
            const findings = await checkAwsWaf(depsNow(), { ...settings, webAcl }, signal)
            const isWell = findings.every(({ state }) => state !== "failed")
            return {
              webAcl: webAcl.arn,
              findings,
              calls: isWell ? await callsFor(targets, { ...settings, webAcl }, signal) : [],
            }
          }),
        ),
      )
    },
  }
}

const wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal })
// Each look at a web ACL by itself: nothing is changed, so there is no pace to keep.
const depsNow = () => {
  const deps = { clock: systemClock, sleep: wait }
  return { ...deps, api: createPacedApi(createWafApi(), { ...deps, random: Math.random }) }
}

async function callsFor(
  targets: readonly ReturnType<typeof prefix>[],
  options: Parameters<typeof createAwsWafEnforcer>[1],
  signal: AbortSignal,
): Promise<readonly WafCall[]> {
  const calls: WafCall[] = []
  if (targets.length === 0) return calls
  const enforcer = createAwsWafEnforcer(
    { ...depsNow(), onDryRun: (call) => void calls.push(call) },
    { ...options, dryRun: true },
  )
  const block = (target: ReturnType<typeof prefix>) => ({ target, direction: "inbound", expiresAt: null }) as const
  await enforcer.apply(
    targets.map((target) => ({ kind: "add", block: block(target) })),
    signal,
  )
  return calls
}

function configOf(settings: { readonly webAcls: readonly string[]; readonly namePrefix?: string }): AwsWafConfig {
  const parsed = awsWafConfig.safeParse({ kind: "aws-waf", ...settings })
  if (parsed.success) return parsed.data
  throw new ThwartError("THWART_USAGE", parsed.error.issues.map(({ message }) => message).join("; "))
}
