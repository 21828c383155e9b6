import { setTimeout as sleep } from "node:timers/promises"
import type { z } from "zod"
import type { AwsCheck, AwsTargets, AwsTools } from "../cli/index.ts"
import { type Cidr, prefix, systemClock, ThwartError } from "../core/index.ts"
import {
  type AwsCall,
  type AwsFinding,
  type AwsNaclConfig,
  type AwsWafConfig,
  awsNaclConfig,
  awsWafConfig,
  checkAwsNacl,
  checkAwsWaf,
  createAwsNaclEnforcer,
  createAwsWafEnforcer,
  createNaclApi,
  createPacedApi,
  createWafApi,
  type Enforcer,
  iamPolicyOf,
  naclPace,
  naclStatements,
  wafPace,
  wafStatements,
} from "../enforcers/index.ts"
import { parseConfig } from "./config.ts"

/** What the command line does in AWS; `read` reads a file, or throws. */
export function createAwsTools(read: (path: string) => string): AwsTools {
  return {
    iamPolicy: (targets, namePrefix) => {
      const configs = configsOf(targets, { namePrefix })
      return iamPolicyOf(
        configs.flatMap((one) => (one.kind === "aws-waf" ? wafStatements(one.webAcls, one.namePrefix) : [])),
        configs.flatMap((one) => (one.kind === "aws-nacl" ? naclStatements(one.networkAcls) : [])),
      )
    },
    check: async ({ config, dryRun, ...targets }, signal) => {
      const written = config === undefined ? [] : parseConfig(read(config), config).enforcers.flatMap(awsOnly)
      const subjects = [...configsOf(targets), ...written].flatMap(subjectsOf)
      if (subjects.length === 0)
        throw new ThwartError(
          "THWART_USAGE",
          `${config} names no web ACL and no network ACL; docs/reference/aws.md shows how it does`,
        )
      const blocks = dryRun.map(prefix)
      return Promise.all(subjects.map((subject) => checked(subject, blocks, signal)))
    },
  }
}

type AwsConfig = AwsWafConfig | AwsNaclConfig

/** One web ACL or network ACL. */
interface Subject {
  readonly arn: string
  readonly look: (signal: AbortSignal) => Promise<readonly AwsFinding[]>
  readonly dryRun: (onDryRun: (call: AwsCall) => void) => Enforcer
}

function subjectsOf(config: AwsConfig): readonly Subject[] {
  const deps = { clock: systemClock, sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }) }
  const random = { ...deps, random: Math.random }
  if (config.kind === "aws-waf")
    return config.webAcls.map((webAcl): Subject => {
      const [api, options] = [createPacedApi(createWafApi(), random, wafPace), { ...config, webAcl }]
      return {
        arn: webAcl.arn,
        look: (signal) => checkAwsWaf({ ...deps, api }, options, signal),
        dryRun: (onDryRun) => createAwsWafEnforcer({ ...deps, api, onDryRun }, { ...options, dryRun: true }),
      }
    })
  return config.networkAcls.map((networkAcl): Subject => {
    const [api, options] = [createPacedApi(createNaclApi(), random, naclPace), { ...config, networkAcl }]
    return {
      arn: networkAcl.arn,
      look: (signal) => checkAwsNacl({ ...deps, api }, options, signal),
      dryRun: (onDryRun) => createAwsNaclEnforcer({ ...deps, api, onDryRun }, { ...options, dryRun: true }),
    }
  })
}

async function checked(
  { arn, look, dryRun }: Subject,
  blocks: readonly Cidr[],
  signal: AbortSignal,
): Promise<AwsCheck> {
  const findings = await look(signal)
  const calls: AwsCall[] = []
  if (blocks.length > 0 && findings.every(({ state }) => state !== "failed"))
    await dryRun((call) => void calls.push(call)).apply(
      blocks.map((target) => ({ kind: "add", block: { target, direction: "inbound", expiresAt: null } })),
      signal,
    )
  return { arn, findings, calls }
}

function awsOnly(wish: ReturnType<typeof parseConfig>["enforcers"][number]): readonly AwsConfig[] {
  return typeof wish !== "string" && (wish.kind === "aws-waf" || wish.kind === "aws-nacl") ? [wish] : []
}

function configsOf({ webAcls, networkAcls }: AwsTargets, wafSettings: object = {}): readonly AwsConfig[] {
  return [
    ...(webAcls.length === 0 ? [] : [parsed(awsWafConfig, { kind: "aws-waf", webAcls, ...wafSettings })]),
    ...(networkAcls.length === 0 ? [] : [parsed(awsNaclConfig, { kind: "aws-nacl", networkAcls })]),
  ]
}

function parsed<Schema extends z.ZodType<AwsConfig>>(schema: Schema, settings: object): z.output<Schema> {
  const result = schema.safeParse(settings)
  if (result.success) return result.data
  throw new ThwartError("THWART_USAGE", result.error.issues.map(({ message }) => message).join("; "))
}
