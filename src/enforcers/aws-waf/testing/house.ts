import { vi } from "vitest"
import { type FakeAws, type FakeAwsOptions, type Json, startFakeAws } from "../../../../test/support/fake-aws/index.ts"
import { createManualClock, type Direction, prefix } from "../../../core/index.ts"
import { createPacedApi } from "../../aws/pace.ts"
import type { Block, Enforcer, Operation } from "../../enforcer.ts"
import { parseWebAclArn, type WebAclArn } from "../arn.ts"
import { createAwsWafEnforcer } from "../aws-waf.ts"
import { createWafApi, type WafCall, wafPace } from "../client.ts"
import { awsWafConfig } from "../config.ts"

export const region = "eu-central-1"
export const start = 1_700_000_000_000
export const hourMs = 3_600_000
export const signal = new AbortController().signal

export interface HouseOptions extends FakeAwsOptions {
  /** Keeps the pace of the real service. */
  readonly paced?: boolean
  /** What the web ACL has besides ours. */
  readonly webAcl?: Json
}

export interface OpenOptions {
  readonly settings?: Json
  readonly setSize?: number
  readonly arn?: string
}

/** A fake AWS with one web ACL, time that moves only when somebody waits, and enforcers that reach it by the real SDK. */
export interface House {
  [Symbol.asyncDispose](): Promise<void>
  readonly aws: FakeAws
  readonly clock: ReturnType<typeof createManualClock>
  readonly arn: string
  /** What dry runs told of. */
  readonly shown: WafCall[]
  /** Every wait, in milliseconds. */
  readonly waits: number[]
  /** As after a start of Thwart. */
  open(options?: OpenOptions): Enforcer
  rules(arn?: string): readonly Json[]
  addresses(): readonly string[]
  holds(address: string, arn?: string): boolean
}

export async function openHouse({ paced = false, webAcl, ...options }: HouseOptions = {}): Promise<House> {
  const clock = createManualClock(start)
  const aws = await startFakeAws({ now: clock.now, ...options })
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value)
  const arn = aws.waf.addWebAcl({
    region,
    scope: "REGIONAL",
    name: "shop",
    ...(webAcl === undefined ? {} : { body: webAcl }),
  })
  const shown: WafCall[] = []
  const waits: number[] = []
  const sleep = async (ms: number) => {
    waits.push(ms)
    clock.advance(ms)
  }
  const free = { everyMs: 0, atOnce: 1 }
  const pace = paced ? wafPace : { changes: free, reads: free }
  // One for all, as in the product.
  const api = createPacedApi(createWafApi(), { clock, sleep, random: () => 0.5 }, pace)
  const rulesOf = (of: string) => aws.waf.webAcl(of).Rules as readonly Json[] // The fake keeps what was sent.
  return {
    aws,
    clock,
    arn,
    shown,
    waits,
    open: ({ settings = {}, setSize, arn: of = arn } = {}) => {
      const { kind, webAcls, ...config } = awsWafConfig.parse({ kind: "aws-waf", webAcls: [of], ...settings })
      return createAwsWafEnforcer(
        { clock, api, sleep, onDryRun: (call) => void shown.push(call) },
        { ...config, webAcl: parsedArn(of), ...(setSize === undefined ? {} : { setSize }) },
      )
    },
    rules: (of = arn) => rulesOf(of),
    addresses: () => aws.waf.ipSets().flatMap(({ Addresses }) => Addresses),
    holds: (address, of = arn) => aws.waf.verdict(of, { source: address }) === "Block",
    [Symbol.asyncDispose]: async () => aws[Symbol.asyncDispose](),
  }
}

export function parsedArn(text: string): WebAclArn {
  const parsed = parseWebAclArn(text)
  if (parsed.kind === "bad") throw new Error(parsed.reason)
  return parsed.value
}

export const block = (target: string, forMs: number | null = hourMs, direction: Direction = "inbound"): Block => ({
  target: prefix(target),
  direction,
  expiresAt: forMs === null ? null : start + forMs,
})
export const add = (...blocks: readonly Block[]): readonly Operation[] =>
  blocks.map((one) => ({ kind: "add", block: one }))
export const remove = (...blocks: readonly Block[]): readonly Operation[] =>
  blocks.map((one) => ({ kind: "remove", block: one }))

/** Addresses of which no two are neighbours. */
export const apart = (count: number, net = 10): readonly Block[] =>
  Array.from({ length: count }, (_, index) =>
    block(`${net}.${(2 * index) >> 16}.${((2 * index) >> 8) & 255}.${(2 * index) & 255}`),
  )

export const theirRule = (more: Json = {}): Json => ({
  Name: "theirs",
  Priority: 5,
  Statement: { ByteMatchStatement: { SearchString: "eA==" } },
  Action: { Allow: {} },
  VisibilityConfig: { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: "theirs" },
  ...more,
})
