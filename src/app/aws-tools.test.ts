import { afterEach, describe, expect, it, vi } from "vitest"
import { type FakeAws, startFakeAws } from "../../test/support/fake-aws/index.ts"
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

describe("thwart aws check", () => {
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
