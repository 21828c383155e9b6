import { afterEach, describe, expect, it, vi } from "vitest"
import { AwsError } from "../../../test/support/fake-aws/index.ts"
import { AwsError as CallError } from "../aws/call.ts"
import { iamPolicyOf } from "../aws/iam-policy.ts"
import { parseWebAclArn } from "./arn.ts"
import { checkAwsWaf } from "./check.ts"
import { createWafApi } from "./client.ts"
import { awsWafConfig } from "./config.ts"
import { diagnosisOf, isFull } from "./diagnosis.ts"
import { wafStatements } from "./iam-policy.ts"
import {
  add,
  block,
  type HouseOptions,
  openHouse,
  parsedArn,
  region,
  remove,
  signal,
  theirRule,
} from "./testing/house.ts"

afterEach(() => vi.unstubAllEnvs())

const iamPolicy = (...of: Parameters<typeof wafStatements>) => iamPolicyOf(wafStatements(...of))

async function foundBy(arrange: (house: Awaited<ReturnType<typeof openHouse>>) => unknown, options: HouseOptions = {}) {
  await using house = await openHouse(options)
  const arranged = await arrange(house)
  const arn = typeof arranged === "string" ? arranged : house.arn
  return await checkAwsWaf(
    { api: createWafApi(), clock: house.clock, sleep: async () => undefined },
    { webAcl: parsedArn(arn), namePrefix: "thwart", action: "block", priority: 0, forwardedHeader: null },
    signal,
  )
}

describe("the check of AWS WAF", () => {
  it("says that all is well, and what is there", async () => {
    expect(await foundBy(async (house) => void (await house.open().apply(add(block("203.0.113.7")), signal)))).toEqual([
      { what: "web ACL", state: "ok", found: "shop (REGIONAL, eu-central-1) with 2 rules" },
      { what: "IP sets", state: "ok", found: "2 of Thwart's, with 1 entries" },
      { what: "order", state: "ok", found: "no rule lets requests pass before Thwart's decide" },
    ])
  })

  const troubles: readonly (readonly [string, Parameters<typeof foundBy>[0], RegExp])[] = [
    [
      "no credentials",
      () => {
        for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, undefined)
        vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true")
        vi.stubEnv("HOME", "/nonexistent")
        return undefined
      },
      /no AWS credentials were found; set AWS_ACCESS_KEY_ID/,
    ],
    [
      "credentials that AWS does not know",
      () => {
        vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIASOMEBODYELSE")
        return undefined
      },
      /does not know the credentials/,
    ],
    [
      "credentials that have expired",
      ({ aws }) => void aws.fail("GetWebACL", new AwsError("ExpiredTokenException", "The security token is expired")),
      /have expired.*sign in again/,
    ],
    [
      "another region",
      ({ arn }) => arn.replace("eu-central-1", "eu-west-1"),
      /there is no web ACL "shop" with the id \S+ in eu-west-1 \(REGIONAL\); "aws wafv2 list-web-acls --scope REGIONAL --region eu-west-1"/,
    ],
    [
      "a web ACL that was made anew",
      ({ arn }) => arn.replace(/[^/]+$/, "0f3c"),
      /one of this name is arn:aws:wafv2:eu-central-1/,
    ],
    [
      "a missing permission",
      ({ aws, arn }) =>
        aws.setPolicy({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "wafv2:GetWebACL", Resource: arn }],
        }),
      /the permission wafv2:ListIPSets is missing on \*; "thwart aws iam-policy --web-acl arn:/,
    ],
    [
      "no connection",
      () => {
        vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        return undefined
      },
      /AWS WAF in eu-central-1 can't be reached.*ECONNREFUSED.*is "eu-central-1" a region/,
    ],
    [
      "a rule of the same name",
      ({ aws, arn }) => aws.waf.change(arn, (body) => ({ ...body, Rules: [theirRule({ Name: "thwart-v4" })] })),
      /the rule "thwart-v4" looks at something that is not Thwart's; rename it, or choose another namePrefix/,
    ],
  ]
  it.each(troubles)("names %s, and what to do", async (_, arrange, found) => {
    const [finding] = await foundBy(arrange)
    expect(finding).toMatchObject({ state: "failed", found: expect.stringMatching(found) })
  })
  it("knows 8 troubles", () => expect(troubles).toHaveLength(8))

  it("tells the name of anything else that AWS says", () => {
    const error = new CallError("WAFInvalidOperationException", "no")
    expect(diagnosisOf(error, parsedArn(exampleArn))).toBe("AWS answered WAFInvalidOperationException: no")
    expect(diagnosisOf(new Error("outer"), parsedArn(exampleArn))).toBe("outer")
    expect([isFull(error), isFull(new CallError("WAFLimitsExceededException", "full"))]).toEqual([false, true])
  })
})

const exampleArn = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/0f3c"

describe("the IAM policy", () => {
  const all = async (house: Awaited<ReturnType<typeof openHouse>>, arn: string) => {
    const enforcer = house.open({ arn, setSize: 2, settings: { setsPerFamily: 2 } })
    const blocks = ["10.0.0.1", "10.0.0.3", "10.0.0.5", "2001:db8::1"].map((one) => block(one))
    const kinds = (await enforcer.apply(add(...blocks), signal)).map(({ kind }) => kind)
    await enforcer.apply(remove(...blocks.slice(1)), signal)
    await enforcer.observe(signal)
    await enforcer.teardown(signal)
    return kinds
  }
  const webAcl = {
    Rules: [
      theirRule({
        Name: "managed",
        Priority: 6,
        Statement: { ManagedRuleGroupStatement: { VendorName: "AWS", Name: "x" } },
        Action: undefined,
        OverrideAction: { None: {} },
      }),
    ],
  }

  it.each(["REGIONAL", "CLOUDFRONT"] as const)("is enough for all that is done with a %s web ACL", async (scope) => {
    await using house = await openHouse()
    const at = scope === "CLOUDFRONT" ? "us-east-1" : region
    const arn = house.aws.waf.addWebAcl({ region: at, scope, name: "its", body: webAcl })
    house.aws.setPolicy(iamPolicy([parsedArn(arn)], "thwart"))
    expect(await all(house, arn)).toEqual(["applied", "applied", "applied", "applied"])
    expect(house.aws.calls.filter(({ error }) => error !== null)).toEqual([])
  })

  it("has nothing in it that is not needed, and nothing works without", async () => {
    await using house = await openHouse()
    const arn = house.aws.waf.addWebAcl({ region, scope: "REGIONAL", name: "its", body: webAcl })
    const policy = iamPolicy([parsedArn(arn)], "thwart")
    const granted = policy.Statement.flatMap(({ Action }) => Action)
    for (const left of granted) {
      house.aws.setPolicy({
        ...policy,
        Statement: policy.Statement.map((one) => ({ ...one, Action: one.Action.filter((action) => action !== left) })),
      })
      house.aws.forgetCalls()
      await all(house, arn).catch(() => [])
      expect(
        house.aws.calls.some(({ error, action }) => error === "AccessDeniedException" && `wafv2:${action}` === left),
      ).toBe(true)
      house.aws.setPolicy(null)
      await house.open({ arn }).teardown(signal)
    }
    expect(granted).toHaveLength(7)
    const other = house.aws.waf.addWebAcl({ region, scope: "REGIONAL", name: "other" })
    house.aws.setPolicy(policy)
    await expect(all(house, other)).rejects.toThrow(/the permission wafv2:GetWebACL is missing on \S+webacl\/other/)
  })

  it("names the exact resources", () => {
    expect(iamPolicy([exampleArn, exampleArn.replaceAll("shop", "blog")].map(parsedArn), "guard")).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "ReadWebAcls",
          Effect: "Allow",
          Action: ["wafv2:GetWebACL"],
          Resource: [exampleArn, "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/blog/0f3c"],
        },
        {
          Sid: "WriteRules",
          Effect: "Allow",
          Action: ["wafv2:UpdateWebACL"],
          Resource: [
            exampleArn,
            "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/blog/0f3c",
            "arn:aws:wafv2:eu-central-1:111122223333:regional/ipset/*",
            "arn:aws:wafv2:eu-central-1:111122223333:regional/managedruleset/*",
            "arn:aws:wafv2:eu-central-1:111122223333:regional/regexpatternset/*",
            "arn:aws:wafv2:eu-central-1:111122223333:regional/rulegroup/*",
          ],
        },
        {
          Sid: "KeepOwnIpSets",
          Effect: "Allow",
          Action: ["wafv2:CreateIPSet", "wafv2:DeleteIPSet", "wafv2:GetIPSet", "wafv2:UpdateIPSet"],
          Resource: ["arn:aws:wafv2:eu-central-1:111122223333:regional/ipset/guard_*/*"],
        },
        { Sid: "FindOwnIpSets", Effect: "Allow", Action: ["wafv2:ListIPSets"], Resource: ["*"] },
      ],
    })
  })
})

describe("the settings", () => {
  const wrong: readonly (readonly [string, object, RegExp])[] = [
    ["no web ACL", { webAcls: [] }, /expected array to have >=1 items/],
    ["something else than an ARN", { webAcls: ["shop"] }, /"shop" is not the ARN of a web ACL/],
    [
      "CloudFront elsewhere",
      { webAcls: [exampleArn.replace("regional", "global")] },
      /are in us-east-1, not in eu-central-1/,
    ],
    ["a prefix that no name may have", { webAcls: [exampleArn], namePrefix: "a b" }, /letters, digits, _ and -/],
    ["an unknown key", { webAcls: [exampleArn], colour: "red" }, /Unrecognized key: "colour"/],
  ]
  it.each(wrong)("refuse %s", (_, settings, message) => {
    const { error } = awsWafConfig.safeParse({ kind: "aws-waf", ...settings })
    expect(error?.issues[0]?.message).toMatch(message)
  })
  it("can be wrong in 5 ways", () => expect(wrong).toHaveLength(5))

  it("take ARNs of every partition", () => {
    for (const arn of [exampleArn, exampleArn.replace("aws:", "aws-us-gov:").replace("eu-central-1", "us-gov-west-1")])
      expect(parseWebAclArn(arn)).toMatchObject({
        kind: "ok",
        value: { account: "111122223333", name: "shop", id: "0f3c" },
      })
  })
})
