import { CreateNetworkAclCommand, CreateVpcCommand, DescribeNetworkAclsCommand, EC2Client } from "@aws-sdk/client-ec2"
import {
  CreateIPSetCommand,
  type CreateIPSetCommandInput,
  CreateWebACLCommand,
  GetIPSetCommand,
  GetWebACLCommand,
  ListIPSetsCommand,
  type Rule,
  type Scope,
  WAFV2Client,
} from "@aws-sdk/client-wafv2"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { createEnforcers } from "../../../src/app/builtins.ts"
import { parseConfig } from "../../../src/app/config.ts"
import { type Direction, prefix, systemClock } from "../../../src/core/index.ts"
import type { Enforcer } from "../../../src/enforcers/index.ts"
import { type Moto, startMoto } from "../../support/moto.ts"
import { has } from "../../support/requirements.ts"

const signal = new AbortController().signal
const region = "eu-central-1"
const vpc = { CidrBlock: "10.0.0.0/16" }
const visibility = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: "m" }

/** As `thwart serve` makes it from its configuration, after each start anew. */
function enforcerOf(yaml: string): Enforcer {
  const deps = { clock: systemClock, onError: () => undefined, note: () => undefined }
  const settings = { netns: null, protectedNodes: [], dataDir: "/nowhere" }
  const [enforcer] = createEnforcers(parseConfig(yaml, "thwart.yaml").enforcers, deps, settings).blocking
  if (enforcer === undefined) throw new Error("nothing was made")
  return enforcer
}
const block = (target: string, direction: Direction = "inbound") => ({
  target: prefix(target),
  direction,
  expiresAt: null,
})
const kinds = async (enforcer: Enforcer, kind: "add" | "remove", ...blocks: readonly ReturnType<typeof block>[]) =>
  (
    await enforcer.apply(
      blocks.map((one) => ({ kind, block: one })),
      signal,
    )
  ).map((result) => result.kind)

/** What our own fake believes of AWS is held against an emulator that others wrote. */
describe.runIf(has("AWS by the emulator moto", "moto"))("with another emulator behind AWS_ENDPOINT_URL", () => {
  let moto: Moto
  beforeAll(async () => {
    moto = await startMoto()
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await moto[Symbol.asyncDispose]()
  })
  const useIt = () => {
    vi.stubEnv("AWS_ENDPOINT_URL", moto.url)
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test")
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test")
  }

  const places: readonly (readonly [Scope, string])[] = [
    ["REGIONAL", region],
    ["CLOUDFRONT", "us-east-1"],
  ]
  it.each(places)(
    "keeps addresses of a web ACL (%s) in IP sets, and leaves those of others alone",
    async (Scope, at) => {
      useIt()
      const waf = new WAFV2Client({ region: at })
      const theirSet = {
        Name: "theirs",
        Scope,
        IPAddressVersion: "IPV4",
        Addresses: ["198.51.100.0/24"],
      } satisfies CreateIPSetCommandInput
      const { Summary: set } = await waf.send(new CreateIPSetCommand(theirSet))
      const theirs: Rule = {
        Name: "theirs",
        Priority: 0,
        Statement: { IPSetReferenceStatement: { ARN: set?.ARN } },
        Action: { Allow: {} },
        VisibilityConfig: visibility,
      }
      const { Summary: made } = await waf.send(
        new CreateWebACLCommand({
          Name: "shop",
          Scope,
          DefaultAction: { Allow: {} },
          Rules: [theirs],
          VisibilityConfig: visibility,
        }),
      )
      const place = { Name: "shop", Id: made?.Id, Scope }
      const rules = async () => (await waf.send(new GetWebACLCommand(place))).WebACL?.Rules ?? []
      const addresses = async () => {
        const { IPSets = [] } = await waf.send(new ListIPSetsCommand({ Scope }))
        const sets = await Promise.all(
          IPSets.map(async ({ Name, Id }) => (await waf.send(new GetIPSetCommand({ Name, Id, Scope }))).IPSet),
        )
        return sets.flatMap((one) => one?.Addresses ?? []).sort()
      }
      const open = () =>
        enforcerOf(`enforcers:\n  - kind: aws-waf\n    webAcls: ["${made?.ARN}"]\n    action: captcha\n`)
      const wanted = [block("203.0.113.6"), block("203.0.113.7"), block("2001:db8::/48")]

      expect(await kinds(open(), "add", ...wanted)).toEqual(["applied", "applied", "applied"])
      expect(await addresses()).toEqual(["198.51.100.0/24", "2001:db8::/48", "203.0.113.6/31"])
      expect(await rules()).toMatchObject([
        theirs,
        { Name: "thwart-v4", Priority: 1, Action: { Captcha: {} } },
        { Name: "thwart-v6", Priority: 2, Action: { Captcha: {} } },
      ])
      const again = open()
      expect((await again.observe(signal, wanted)).map(({ target }) => target)).toEqual(
        wanted.map(({ target }) => target),
      )
      expect(await kinds(again, "remove", block("203.0.113.6"))).toEqual(["applied"])
      expect(await addresses()).toEqual(["198.51.100.0/24", "2001:db8::/48", "203.0.113.7/32"])
      await again.teardown(signal)
      expect([await addresses(), (await rules()).map(({ Name }) => Name)]).toEqual([["198.51.100.0/24"], ["theirs"]])
    },
  )
  it("has 2 scopes", () => expect(places).toHaveLength(2))

  it("keeps entries of a network ACL in numbers of its own, in and out", async () => {
    useIt()
    const ec2 = new EC2Client({ region })
    const { Vpc } = await ec2.send(new CreateVpcCommand(vpc))
    const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId: Vpc?.VpcId }))
    const id = NetworkAcl?.NetworkAclId ?? ""
    const entries = async () => {
      const { NetworkAcls } = await ec2.send(new DescribeNetworkAclsCommand({ NetworkAclIds: [id] }))
      return (NetworkAcls?.[0]?.Entries ?? []).map(
        ({ RuleNumber, Egress, RuleAction, CidrBlock, Ipv6CidrBlock }) =>
          `${Egress ? "out" : "in"} ${RuleNumber} ${RuleAction} ${CidrBlock ?? Ipv6CidrBlock}`,
      )
    }
    const before = await entries()
    const arn = `arn:aws:ec2:${region}:123456789012:network-acl/${id}`
    const open = () => enforcerOf(`enforcers:\n  - kind: aws-nacl\n    networkAcls: ["${arn}"]\n`)
    const wanted = [block("203.0.113.7"), block("203.0.113.7", "outbound")]
    expect(await kinds(open(), "add", ...wanted)).toEqual(["applied", "applied"])
    expect((await entries()).filter((one) => !before.includes(one)).sort()).toEqual([
      "in 1 deny 203.0.113.7/32",
      "out 1 deny 203.0.113.7/32",
    ])
    const again = open()
    expect((await again.observe(signal, wanted)).map(({ direction }) => direction)).toEqual(["inbound", "outbound"])
    expect(await kinds(again, "add", block("203.0.113.6"))).toEqual(["applied"])
    expect(await entries()).toContain("in 1 deny 203.0.113.6/31")
    await again.teardown(signal)
    expect(await entries()).toEqual(before)
  })
})
