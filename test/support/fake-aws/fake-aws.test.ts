import {
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  EC2Client,
  ReplaceNetworkAclEntryCommand,
} from "@aws-sdk/client-ec2"
import {
  CreateIPSetCommand,
  GetIPSetCommand,
  UpdateIPSetCommand,
  WAFOptimisticLockException,
  WAFV2Client,
} from "@aws-sdk/client-wafv2"
import { afterAll, describe, expect, it } from "vitest"
import { createManualClock } from "../../../src/core/index.ts"
import { type FakeAws, type FakeAwsOptions, type Json, startFakeAws } from "./index.ts"

const region = "eu-central-1"
const start = 1_700_000_000_000
const open = new AsyncDisposableStack()
afterAll(() => open.disposeAsync())

async function fakeOf(options: FakeAwsOptions = {}) {
  return open.use(await startFakeAws(options))
}

/** One call as it goes over the wire, and what came back. */
async function call(
  aws: FakeAws,
  action: string,
  input: Json = {},
  { key = aws.env.AWS_ACCESS_KEY_ID, at = region } = {},
) {
  const response = await fetch(aws.url, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/${at}/wafv2/aws4_request, SignedHeaders=host, Signature=0`,
      "x-amz-target": `AWSWAF_20190729.${action}`,
      "content-type": "application/x-amz-json-1.1",
    },
    body: JSON.stringify({ Scope: "REGIONAL", ...input }),
  })
  // Whatever the server answers is what the test looks at.
  return (await response.json()) as Record<string, never> & { readonly __type?: string }
}

const v4 = (Name: string, Addresses: readonly string[] = []) => ({ Name, IPAddressVersion: "IPV4", Addresses })

async function made(aws: FakeAws, name: string, addresses: readonly string[] = []) {
  const { Summary } = (await call(aws, "CreateIPSet", v4(name, addresses))) as unknown as {
    readonly Summary: { readonly Id: string; readonly ARN: string; readonly LockToken: string }
  }
  return Summary
}

const rule = (arn: string, more: Json = {}) => ({
  Name: "ours",
  Priority: 0,
  Statement: { IPSetReferenceStatement: { ARN: arn } },
  Action: { Block: {} },
  VisibilityConfig: {},
  ...more,
})

async function idAndToken(aws: FakeAws, arn: string) {
  const [Name, Id] = arn.split("/").slice(-2)
  const { LockToken } = await call(aws, "GetWebACL", { Name, Id })
  return { Name, Id, LockToken, DefaultAction: { Allow: {} }, VisibilityConfig: {} }
}

describe("the fake AWS server", () => {
  it("speaks the protocol of the SDK, with its errors", async () => {
    const aws = await fakeOf()
    const client = new WAFV2Client({
      region,
      endpoint: aws.url,
      maxAttempts: 1,
      credentials: { accessKeyId: aws.env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: "secret" },
    })
    const { Summary } = await client.send(
      new CreateIPSetCommand({ Name: "a", Scope: "REGIONAL", IPAddressVersion: "IPV4", Addresses: ["192.0.2.1/32"] }),
    )
    const place = { Name: "a", Id: Summary?.Id, Scope: "REGIONAL" } as const
    const read = await client.send(new GetIPSetCommand(place))
    expect(read).toMatchObject({ IPSet: { Addresses: ["192.0.2.1/32"] }, LockToken: Summary?.LockToken })
    const update = new UpdateIPSetCommand({ ...place, Addresses: [], LockToken: Summary?.LockToken })
    expect(await client.send(update)).toMatchObject({ NextLockToken: expect.stringMatching(/-/) })
    await expect(client.send(update)).rejects.toBeInstanceOf(WAFOptimisticLockException)
    expect(aws.calls.map(({ action, region: at, error }) => [action, at, error])).toEqual([
      ["CreateIPSet", region, null],
      ["GetIPSet", region, null],
      ["UpdateIPSet", region, null],
      ["UpdateIPSet", region, "WAFOptimisticLockException"],
    ])
  })

  it("changes the lock token with each update, and refuses stale ones", async () => {
    const aws = await fakeOf()
    const { Id, LockToken } = await made(aws, "a")
    const set = { Name: "a", Id }
    const { NextLockToken } = await call(aws, "UpdateIPSet", { ...set, Addresses: ["192.0.2.0/24"], LockToken })
    expect(NextLockToken).not.toBe(LockToken)
    for (const action of ["UpdateIPSet", "DeleteIPSet"])
      expect(await call(aws, action, { ...set, Addresses: [], LockToken })).toMatchObject({
        __type: "WAFOptimisticLockException",
      })
    expect(await call(aws, "DeleteIPSet", { ...set, LockToken: NextLockToken })).toEqual({})
    expect(await call(aws, "GetIPSet", set)).toMatchObject({ __type: "WAFNonexistentItemException" })
  })

  it("lists page by page", async () => {
    const aws = await fakeOf({ pageSize: 2 })
    for (const name of ["a", "b", "c", "d", "e"]) await made(aws, name)
    const names: string[] = []
    let marker: Json = {}
    for (let page = 0; page < 3; page++) {
      const { IPSets, NextMarker } = (await call(aws, "ListIPSets", { Limit: 100, ...marker })) as unknown as {
        readonly IPSets: readonly { readonly Name: string }[]
        readonly NextMarker?: string
      }
      names.push(...IPSets.map(({ Name }) => Name))
      expect(NextMarker).toBe([undefined, "b", "d"][page === 2 ? 0 : page + 1])
      marker = { NextMarker }
    }
    expect(names).toEqual(["a", "b", "c", "d", "e"])
  })

  const badAddresses: readonly (readonly [string, string])[] = [
    ["a length of 0", "0.0.0.0/0"],
    ["no length", "192.0.2.1"],
    ["bits behind its length", "195.178.188.66/29"],
    ["the other family", "2001:db8::/48"],
    ["nonsense", "203.0.113.999/32"],
  ]
  it.each(badAddresses)("refuses a set for one address with %s, and names it", async (_, bad) => {
    const aws = await fakeOf()
    expect(await call(aws, "CreateIPSet", v4("a", ["192.0.2.1/32", bad]))).toMatchObject({
      __type: "WAFInvalidParameterException",
      Field: "IP_ADDRESS",
      Parameter: bad,
    })
    expect(aws.waf.ipSets()).toEqual([])
  })
  it("knows 5 kinds of bad addresses", () => expect(badAddresses).toHaveLength(5))

  it("holds 10,000 addresses in a set and a limited number of sets, each name once", async () => {
    const aws = await fakeOf({ maxIpSets: 2 })
    const many = Array.from({ length: 10_001 }, (_, index) => `10.0.${index >> 8}.${index & 255}/32`)
    expect(await call(aws, "CreateIPSet", v4("a", many))).toMatchObject({ __type: "WAFLimitsExceededException" })
    await made(aws, "a", many.slice(1))
    expect(await call(aws, "CreateIPSet", v4("a"))).toMatchObject({ __type: "WAFDuplicateItemException" })
    await made(aws, "b")
    expect(await call(aws, "CreateIPSet", v4("c"))).toMatchObject({ __type: "WAFLimitsExceededException" })
  })

  it("throttles each action of a region by itself", async () => {
    const clock = createManualClock(start)
    const aws = await fakeOf({ now: clock.now, writeRate: { perSecond: 1, burst: 2 } })
    const create = async (name: string, at = region) =>
      (await call(aws, "CreateIPSet", v4(name), { at })).__type ?? "made"
    expect([await create("a"), await create("b"), await create("c")]).toEqual(["made", "made", "ThrottlingException"])
    expect(await create("c", "eu-west-1")).toBe("made")
    clock.advance(1000)
    expect([await create("c"), await create("d")]).toEqual(["made", "ThrottlingException"])
    expect((await call(aws, "ListIPSets")).__type).toBeUndefined()
  })

  it("answers reads with what was true before, for a while", async () => {
    const clock = createManualClock(start)
    const aws = await fakeOf({ now: clock.now, staleMs: 3000 })
    const { Id, ARN, LockToken } = await made(aws, "a", ["192.0.2.1/32"])
    const acl = aws.waf.addWebAcl({ region, scope: "REGIONAL", name: "shop" })
    expect(await call(aws, "GetIPSet", { Name: "a", Id })).toMatchObject({ __type: "WAFNonexistentItemException" })
    clock.advance(2999)
    expect(await call(aws, "ListIPSets")).toEqual({ IPSets: [] })
    clock.advance(1)
    const { NextLockToken } = await call(aws, "UpdateIPSet", { Name: "a", Id, Addresses: [], LockToken })
    expect(await call(aws, "GetIPSet", { Name: "a", Id })).toMatchObject({ LockToken, IPSet: { ARN } })
    expect(await call(aws, "UpdateIPSet", { Name: "a", Id, Addresses: [], LockToken })).toMatchObject({
      __type: "WAFOptimisticLockException",
    })
    clock.advance(3000)
    expect(await call(aws, "GetIPSet", { Name: "a", Id })).toMatchObject({ LockToken: NextLockToken })
    const { ARN: young } = await made(aws, "b")
    expect(await call(aws, "UpdateWebACL", { ...(await idAndToken(aws, acl)), Rules: [rule(young)] })).toMatchObject({
      __type: "WAFUnavailableEntityException",
    })
  })

  it("replaces a web ACL whole: what is not sent is gone, and what it does not know is kept", async () => {
    const aws = await fakeOf()
    const body = { TokenDomains: ["a.example"], InventedConfig: { Depth: 3 } }
    const acl = aws.waf.addWebAcl({ region, scope: "REGIONAL", name: "shop", body })
    const update = await idAndToken(aws, acl)
    await call(aws, "UpdateWebACL", { ...update, Rules: [], InventedConfig: { Depth: 4 } })
    expect(aws.waf.webAcl(acl)).toEqual({
      DefaultAction: { Allow: {} },
      VisibilityConfig: {},
      Rules: [],
      InventedConfig: { Depth: 4 },
    })
    expect(await call(aws, "UpdateWebACL", update)).toMatchObject({ __type: "WAFOptimisticLockException" })
  })

  it("refuses rules that the real one refuses, and deletes no set that a rule needs", async () => {
    const aws = await fakeOf({ maxCapacity: 6 })
    const acl = aws.waf.addWebAcl({ region, scope: "REGIONAL", name: "shop" })
    const { Id, ARN, LockToken } = await made(aws, "a")
    const update = async (...Rules: readonly Json[]) =>
      call(aws, "UpdateWebACL", { ...(await idAndToken(aws, acl)), Rules })
    const reference = { IPSetReferenceStatement: { ARN } }
    const any = { ARN, IPSetForwardedIPConfig: { HeaderName: "X", FallbackBehavior: "MATCH", Position: "ANY" } }
    const refused: readonly (readonly [readonly Json[], Json])[] = [
      [[rule(ARN), rule(ARN, { Name: "b" })], { Field: "RULE", Parameter: "0" }],
      [[rule(ARN), rule(ARN, { Priority: 1 })], { Field: "RULE", Parameter: "ours" }],
      [[rule(ARN, { Statement: { OrStatement: { Statements: [reference] } } })], { Field: "OR_STATEMENT" }],
      [[rule(`${ARN}0`)], { __type: "WAFNonexistentItemException" }],
      [[rule(ARN, { Action: undefined })], { Field: "RULE" }],
      [
        [
          rule(ARN, { Statement: { IPSetReferenceStatement: any } }),
          rule(ARN, { Name: "b", Priority: 1 }),
          rule(ARN, { Name: "c", Priority: 2 }),
        ],
        { Field: "WEB_ACL", Parameter: "7" },
      ],
    ]
    for (const [rules, error] of refused) expect(await update(...rules)).toMatchObject(error)
    expect(refused).toHaveLength(6)
    expect((await update(rule(ARN))).__type).toBeUndefined()
    expect(await call(aws, "DeleteIPSet", { Name: "a", Id, LockToken })).toMatchObject({
      __type: "WAFAssociatedItemException",
    })
    await update()
    expect(await call(aws, "DeleteIPSet", { Name: "a", Id, LockToken })).toEqual({})
  })

  it("keeps regions and scopes apart, and CLOUDFRONT in us-east-1", async () => {
    const aws = await fakeOf()
    await made(aws, "a")
    const names = async (at: string, Scope: string) => call(aws, "ListIPSets", { Scope }, { at })
    expect(await names(region, "REGIONAL")).toMatchObject({ IPSets: [{ Name: "a" }] })
    expect(await names("us-east-1", "REGIONAL")).toEqual({ IPSets: [] })
    expect(await names("us-east-1", "CLOUDFRONT")).toEqual({ IPSets: [] })
    expect(await names(region, "CLOUDFRONT")).toMatchObject({ Field: "SCOPE_VALUE" })
  })

  it("knows its callers, and what a policy lets them do to what", async () => {
    const aws = await fakeOf()
    expect(await call(aws, "ListIPSets", {}, { key: "AKIASOMEBODY" })).toMatchObject({
      __type: "UnrecognizedClientException",
    })
    const acl = aws.waf.addWebAcl({ region, scope: "REGIONAL", name: "shop" })
    const { ARN } = await made(aws, "ours-1")
    aws.setPolicy({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["wafv2:GetWebACL", "wafv2:UpdateWebACL"], Resource: acl },
        { Effect: "Allow", Action: "wafv2:List*", Resource: "*" },
      ],
    })
    expect((await call(aws, "ListIPSets")).__type).toBeUndefined()
    expect(await call(aws, "CreateIPSet", v4("ours-2"))).toMatchObject({
      __type: "AccessDeniedException",
      Message: expect.stringContaining("wafv2:CreateIPSet"),
    })
    expect(await call(aws, "UpdateWebACL", { ...(await idAndToken(aws, acl)), Rules: [rule(ARN)] })).toMatchObject({
      Message: expect.stringContaining(`wafv2:UpdateWebACL on resource: ${ARN}`),
    })
  })

  it("decides about requests as the rules say, by source or by a header", async () => {
    const aws = await fakeOf()
    const acl = aws.waf.addWebAcl({ region, scope: "REGIONAL", name: "shop" })
    const { ARN } = await made(aws, "a", ["192.0.2.0/24"])
    const set = (Rules: readonly Json[]) => aws.waf.change(acl, (body) => ({ ...body, Rules }))
    set([rule(ARN)])
    expect(aws.waf.verdict(acl, { source: "192.0.2.9" })).toBe("Block")
    expect(aws.waf.verdict(acl, { source: "192.0.3.9" })).toBe("Allow")
    const behind = (Position: string, FallbackBehavior = "NO_MATCH") => {
      const IPSetForwardedIPConfig = { HeaderName: "X-Forwarded-For", Position, FallbackBehavior }
      set([rule(ARN, { Statement: { IPSetReferenceStatement: { ARN, IPSetForwardedIPConfig } } })])
      return (header: string) =>
        aws.waf.verdict(acl, { source: "198.51.100.1", headers: { "x-forwarded-for": header } })
    }
    expect(behind("FIRST")("192.0.2.9, 10.0.0.1")).toBe("Block")
    expect(behind("LAST")("192.0.2.9, 10.0.0.1")).toBe("Allow")
    expect(behind("ANY")("10.0.0.1, 192.0.2.9, 10.0.0.2")).toBe("Block")
    expect(behind("FIRST")("nonsense")).toBe("Allow")
    expect(behind("FIRST", "MATCH")("nonsense")).toBe("Block")
  })

  it("fails, lets others in between, and stalls, as a test asks", async () => {
    const aws = await fakeOf()
    aws.before("ListIPSets", () => void aws.waf.addIpSet({ region, scope: "REGIONAL", name: "theirs" }))
    expect(await call(aws, "ListIPSets")).toMatchObject({ IPSets: [{ Name: "theirs" }] })
    const release = aws.stall(region)
    let answered = false
    const waiting = call(aws, "ListIPSets").then(() => {
      answered = true
    })
    await call(aws, "ListIPSets", {}, { at: "eu-west-1" })
    expect(answered).toBe(false)
    release()
    await waiting
    expect(answered).toBe(true)
  })

  it("keeps network ACLs by EC2's protocol: numbers once for each direction, entries limited for each family", async () => {
    const clock = createManualClock(start)
    const aws = await fakeOf({ now: clock.now, maxAclEntries: 4 })
    const arn = aws.ec2.addNetworkAcl(region)
    const client = new EC2Client({
      region,
      endpoint: aws.url,
      maxAttempts: 1,
      credentials: { accessKeyId: aws.env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: "secret" },
    })
    const NetworkAclId = arn.split("/")[1] ?? ""
    const common = { NetworkAclId, Protocol: "-1", RuleAction: "deny", Egress: false } as const
    const create = (RuleNumber: number, more: object = { CidrBlock: `203.0.113.${RuleNumber}/32` }) =>
      client.send(new CreateNetworkAclEntryCommand({ ...common, RuleNumber, ...more })).then(
        () => "made",
        (error: unknown) => (error instanceof Error ? error.name : error),
      )
    expect([await create(1), await create(1), await create(2), await create(3)]).toEqual([
      "made",
      "NetworkAclEntryAlreadyExists",
      "made",
      "NetworkAclEntryLimitExceeded",
    ])
    expect(await create(3, { Ipv6CidrBlock: "2001:db8::/32" })).toBe("made")
    expect(await create(1, { Egress: true, CidrBlock: "203.0.113.9/24" })).toBe("made")
    expect(await create(32767)).toBe("InvalidParameterValue")
    expect([aws.ec2.verdict(arn, false, "203.0.113.1"), aws.ec2.verdict(arn, false, "203.0.113.9")]).toEqual([
      "deny",
      "allow",
    ])
    const slot = { NetworkAclId, RuleNumber: 1, Egress: false }
    await client.send(new ReplaceNetworkAclEntryCommand({ ...common, RuleNumber: 1, CidrBlock: "203.0.113.9/32" }))
    await client.send(new DeleteNetworkAclEntryCommand({ ...slot, RuleNumber: 2 }))
    await expect(client.send(new DeleteNetworkAclEntryCommand({ ...slot, RuleNumber: 2 }))).rejects.toMatchObject({
      name: "InvalidNetworkAclEntry.NotFound",
    })
    const { NetworkAcls } = await client.send(new DescribeNetworkAclsCommand({ NetworkAclIds: [NetworkAclId] }))
    expect(NetworkAcls?.[0]?.Entries).toContainEqual({
      Protocol: "-1",
      RuleAction: "deny",
      RuleNumber: 1,
      Egress: true,
      CidrBlock: "203.0.113.0/24",
    })
    expect(NetworkAcls?.[0]?.Entries).toHaveLength(8 + 3)
    await expect(client.send(new DescribeNetworkAclsCommand({ NetworkAclIds: ["acl-0"] }))).rejects.toMatchObject({
      name: "InvalidNetworkAclID.NotFound",
    })
    aws.setPolicy({ Version: "2012-10-17", Statement: [] })
    expect(await create(9)).toBe("UnauthorizedOperation")
  })
})
