import { afterEach, describe, expect, it, vi } from "vitest"
import { type FakeAws, type IamPolicy, startFakeAws } from "../../test/support/fake-aws/index.ts"
import { createCli } from "../cli/index.ts"
import { noWorld } from "../cli/testing/no-world.ts"
import { prefix, systemClock, ThwartError } from "../core/index.ts"
import { createAwsTools } from "./aws-tools.ts"
import { createEnforcers } from "./builtins.ts"
import { type Config, parseConfig } from "./config.ts"

const region = "eu-central-1"
const signal = new AbortController().signal
afterEach(() => vi.unstubAllEnvs())

async function withAws(body: (aws: FakeAws, arn: string) => Promise<void>) {
  await using aws = await startFakeAws()
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value)
  await body(aws, aws.waf.addWebAcl({ region, scope: "REGIONAL", name: "shop" }))
}

/** What the command line says, and its exit code. */
async function thwart(files: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  const said = { out: "", err: "" }
  const read = (path: string) => {
    const text = files[path]
    if (text === undefined) throw new ThwartError("THWART_FILE_UNREADABLE", `no ${path}`)
    return text
  }
  const code = await createCli(noWorld({ aws: createAwsTools(read) }, said), "0").run(argv, signal)
  return { code, ...said }
}

const yaml = (arn: string, more = "") => `enforcers:\n  - kind: aws-waf\n    webAcls: [${arn}]\n${more}`

const naclYaml = (arn: string, more = "") => `enforcers:\n  - kind: aws-nacl\n    networkAcls: [${arn}]\n${more}`

const blockingOf = (asked: Config["enforcers"], notes: string[] = []) =>
  createEnforcers(
    asked,
    { clock: systemClock, onError: () => undefined, note: (text) => void notes.push(text) },
    { netns: null, protectedNodes: [], dataDir: "/nowhere" },
  ).blocking

describe("thwart aws iam-policy", () => {
  it("prints a policy that is enough to block by", () =>
    withAws(async (aws, arn) => {
      const { code, out } = await thwart({}, "aws", "iam-policy", "--web-acl", arn)
      expect(code).toBe(0)
      aws.setPolicy(JSON.parse(out))
      const [enforcer] = blockingOf(parseConfig(yaml(arn), "thwart.yaml").enforcers)
      if (enforcer === undefined) throw new Error("nothing was made")
      const block = { target: prefix("203.0.113.7"), direction: "inbound", expiresAt: null } as const
      expect(await enforcer.apply([{ kind: "add", block }], signal)).toEqual([{ kind: "applied" }])
      expect(aws.waf.verdict(arn, { source: "203.0.113.7" })).toBe("Block")
    }))

  it("takes several web ACLs and another prefix, and prints one line with --json", async () => {
    const arns = [
      "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/1",
      "arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/2",
    ]
    const { out } = await thwart({}, "aws", "iam-policy", "--web-acl", ...arns, "--name-prefix", "guard", "--json")
    expect(out.trim().split("\n")).toHaveLength(1)
    expect(JSON.parse(out).Statement[2].Resource).toEqual([
      "arn:aws:wafv2:eu-central-1:111122223333:regional/ipset/guard_*/*",
      "arn:aws:wafv2:us-east-1:111122223333:global/ipset/guard_*/*",
    ])
  })

  it("says what is no web ACL", async () => {
    const { code, err } = await thwart({}, "aws", "iam-policy", "--web-acl", "shop")
    expect(code).toBe(2)
    expect(err).toContain('"shop" is not the ARN of a web ACL')
  })
})

describe("the least policy for network ACLs", () => {
  const permissions = [
    "ec2:CreateNetworkAclEntry",
    "ec2:DeleteNetworkAclEntry",
    "ec2:DescribeNetworkAcls",
    "ec2:ReplaceNetworkAclEntry",
  ]
  /** Adds, replaces and removes with a policy; what failed. */
  const tryWith = (change: (policy: IamPolicy) => IamPolicy) =>
    withAws(async (aws) => {
      const arn = aws.ec2.addNetworkAcl(region)
      const { out } = await thwart({}, "aws", "iam-policy", "--network-acl", arn)
      aws.setPolicy(change(JSON.parse(out)))
      const [enforcer] = blockingOf(parseConfig(naclYaml(arn), "thwart.yaml").enforcers)
      if (enforcer === undefined) throw new Error("nothing was made")
      const at = (target: string) => ({ target: prefix(target), direction: "inbound", expiresAt: null }) as const
      const steps = [
        { kind: "add", block: at("203.0.113.6") },
        { kind: "add", block: at("203.0.113.7") },
        { kind: "remove", block: at("203.0.113.6") },
        { kind: "remove", block: at("203.0.113.7") },
      ] as const
      for (const step of steps) {
        const [result] = await enforcer.apply([step], signal)
        if (result?.kind !== "applied") throw new Error(JSON.stringify(result))
      }
      expect(aws.changes()).toHaveLength(4)
    })

  it("is enough to add, replace and remove", () => tryWith((policy) => policy))
  it.each(permissions)("has nothing too many: without %s something fails", async (permission) => {
    const without = ({ Version, Statement }: IamPolicy): IamPolicy => ({
      Version,
      Statement: Statement.map((one) => ({
        ...one,
        Action: [one.Action].flat().filter((action) => action !== permission),
      })),
    })
    await expect(tryWith(without)).rejects.toThrow(`the permission ${permission} is missing`)
  })
  it("has 4 permissions", async () => {
    const arn = "arn:aws:ec2:eu-central-1:111122223333:network-acl/acl-0"
    const both = ["--web-acl", "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/1", "--network-acl", arn]
    const policy: IamPolicy = JSON.parse((await thwart({}, "aws", "iam-policy", ...both)).out)
    expect(policy.Statement).toHaveLength(6)
    const ec2 = policy.Statement.flatMap(({ Action }) => Action).filter((action) => action.startsWith("ec2:"))
    expect(ec2.sort()).toEqual(permissions)
    expect(await thwart({}, "aws", "iam-policy")).toMatchObject({ code: 2 })
    expect(await thwart({}, "aws", "iam-policy", "--network-acl", "acl-0")).toMatchObject({
      code: 2,
      err: expect.stringContaining('"acl-0" is not the ARN of a network ACL'),
    })
  })
})

describe("thwart aws check", () => {
  it("looks at network ACLs too, and shows what it would call", () =>
    withAws(async (aws, web) => {
      const arn = aws.ec2.addNetworkAcl(region)
      const file = { "thwart.yaml": `${yaml(web)}${naclYaml(arn).replace("enforcers:\n", "")}` }
      const argv = ["aws", "check", "--config", "thwart.yaml", "--dry-run", "203.0.113.7"]
      const { code, out } = await thwart(file, ...argv)
      expect(code).toBe(0)
      expect(out).toMatch(/ok {7}ACL {6}acl-\w+ \(eu-central-1\) with 8 entries/)
      expect(out).toMatch(/ok {7}entries {2}none of Thwart's \(rules 1-80\) yet/)
      expect(out).toMatch(/ok {7}room {5}18 inbound for IPv4, 18 inbound for IPv6, 18 outbound/)
      expect(out).toMatch(/would call CreateNetworkAclEntry in eu-central-1 .*203\.0\.113\.7\/32/)
      expect(aws.changes()).toEqual([])
    }))

  it("warns of what stands in the range, what lets pass before it, and where there is no room", () =>
    withAws(async (aws) => {
      const arn = aws.ec2.addNetworkAcl(region)
      const entry = (ruleNumber: number, ruleAction: "allow" | "deny", cidr: string) =>
        ({ ruleNumber, egress: false, protocol: "-1", ruleAction, cidr }) as const
      const theirs = [entry(50, "deny", "198.51.100.0/24"), entry(60, "allow", "192.0.2.0/24")]
      aws.ec2.change(arn, (entries) => [...entries, ...theirs])
      const file = { "thwart.yaml": naclYaml(arn, "    quota: 3\n") }
      const { code, out } = await thwart(file, "aws", "check", "--config", "thwart.yaml")
      expect(code).toBe(0)
      expect(out).toMatch(/warning {2}entries {2}rules 50 inbound \(198\.51\.100\.0\/24\) are taken for Thwart's/)
      expect(out).toMatch(/warning {2}room {5}0 inbound for IPv4, .*have the quota raised/)
      expect(out).toMatch(/warning {2}order {4}rules 60 inbound \(192\.0\.2\.0\/24\) let traffic pass before/)
    }))

  it("says which network ACL is not there", () =>
    withAws(async () => {
      const arn = "arn:aws:ec2:eu-central-1:111122223333:network-acl/acl-0abc"
      const { code, out } = await thwart({}, "aws", "check", "--network-acl", arn)
      expect(code).toBe(1)
      expect(out).toMatch(/failed {3}ACL {6}there is no network ACL acl-0abc in eu-central-1/)
    }))

  it("says that all is well, and shows each call that a block would make, making none", () =>
    withAws(async (aws, arn) => {
      const { code, out } = await thwart(
        { "thwart.yaml": yaml(arn) },
        ...["aws", "check", "--config", "thwart.yaml", "--dry-run", "203.0.113.7"],
      )
      expect(code).toBe(0)
      expect(out).toMatch(/ok {7}web ACL {2}shop \(REGIONAL, eu-central-1\) with 0 rules/)
      expect(out).toMatch(/would call CreateIPSet in eu-central-1 .*203\.0\.113\.7\/32/)
      expect(out).toMatch(/would call UpdateWebACL in eu-central-1 .*thwart-v4/)
      expect(aws.changes()).toEqual([])
    }))

  it("fails with what is missing", () =>
    withAws(async (aws, arn) => {
      aws.setPolicy({ Version: "2012-10-17", Statement: [] })
      const { code, out } = await thwart({}, "aws", "check", "--web-acl", arn)
      expect(code).toBe(1)
      expect(out).toMatch(/failed {3}web ACL {2}the permission wafv2:(GetWebACL|ListIPSets) is missing/)
    }))

  it("needs a web ACL, named or in a file", async () => {
    expect(await thwart({}, "aws", "check")).toMatchObject({ code: 2, err: expect.stringContaining("give --web-acl") })
    expect(await thwart({ a: "" }, "aws", "check", "--config", "a")).toMatchObject({
      code: 2,
      err: expect.stringContaining("a names no web ACL"),
    })
  })
})

describe("the configuration of network ACLs", () => {
  const arn = "arn:aws:ec2:eu-central-1:111122223333:network-acl/acl-0abc"
  const errorOf = (text: string) => {
    try {
      return parseConfig(text, "thwart.yaml")
    } catch (error) {
      return String(error)
    }
  }

  it("has a safe default for everything but the network ACLs, and no enforcer twice", () => {
    const { enforcers } = parseConfig(naclYaml(arn), "thwart.yaml")
    expect(enforcers).toEqual([
      {
        kind: "aws-nacl",
        networkAcls: [{ arn, region, id: "acl-0abc" }],
        ruleNumbers: { from: 1, to: 80 },
        quota: 20,
        dryRun: false,
      },
    ])
    expect(blockingOf(enforcers).map(({ id }) => id)).toEqual(["aws-nacl:eu-central-1/acl-0abc"])
    expect(() => blockingOf([...enforcers, ...enforcers])).toThrow(/"aws-nacl:eu-central-1\/acl-0abc" is named twice/)
    expect(() => blockingOf(["aws-nacl"])).toThrow(/docs\/reference\/aws.md/)
  })

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["an ARN", naclYaml("acl-0abc"), /thwart\.yaml:3:19.*"acl-0abc" is not the ARN of a network ACL/],
    ["a quota", naclYaml(arn, "    quota: 41\n"), /thwart\.yaml:4:12.*40/],
    ["numbers", naclYaml(arn, "    ruleNumbers: {from: 9, to: 5}\n"), /thwart\.yaml:4:\d+.*from is behind to/],
    ["a number", naclYaml(arn, "    ruleNumbers: {from: 0, to: 5}\n"), /thwart\.yaml:4:\d+.*1/],
  ]
  it.each(wrong)("tells a mistake in %s with its line and column", (_, text, message) => {
    expect(errorOf(text)).toMatch(message)
  })
  it("can be wrong in 4 ways", () => expect(wrong).toHaveLength(4))
})

describe("the configuration of AWS WAF", () => {
  const arn = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/1"

  it("has a safe default for everything but the web ACLs", () => {
    expect(
      parseConfig(`enforcers:\n  - nftables\n${yaml(arn).replace("enforcers:\n", "")}`, "thwart.yaml").enforcers,
    ).toEqual([
      "nftables",
      {
        kind: "aws-waf",
        webAcls: [expect.objectContaining({ arn, region, scope: "REGIONAL", name: "shop", id: "1" })],
        namePrefix: "thwart",
        action: "block",
        priority: 0,
        forwardedHeader: null,
        setsPerFamily: 2,
        dryRun: false,
      },
    ])
  })

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["an ARN", yaml("shop"), /thwart\.yaml:3:15.*"shop" is not the ARN of a web ACL/],
    ["a choice", yaml(arn, "    action: drop\n"), /thwart\.yaml:4:13.*expected one of "block"\|"captcha"/],
    ["a header", yaml(arn, "    forwardedHeader: {name: a b}\n"), /thwart\.yaml:4:29.*such as X-Forwarded-For/],
    ["a kind", "enforcers:\n  - kind: iptables\n", /thwart\.yaml:2:\d+.*an enforcer is a name \(nftables\)/],
  ]
  it.each(wrong)("tells a mistake in %s with its line and column", (_, text, message) => {
    expect(() => parseConfig(text, "thwart.yaml")).toThrow(message)
  })
  it("can be wrong in 4 ways", () => expect(wrong).toHaveLength(4))

  it("tells the calls of a dry run once, and not at every look", () =>
    withAws(async (aws, shop) => {
      const notes: string[] = []
      const [enforcer] = blockingOf(parseConfig(yaml(shop, "    dryRun: true\n"), "thwart.yaml").enforcers, notes)
      expect(enforcer?.id).toBe("aws-waf:eu-central-1/shop")
      for (const _ of [1, 2]) await enforcer?.apply([], signal)
      expect([notes, aws.changes()]).toEqual([
        [
          expect.stringMatching(/CreateIPSet/),
          expect.stringMatching(/CreateIPSet/),
          expect.stringMatching(/UpdateWebACL/),
        ],
        [],
      ])
    }))
})
