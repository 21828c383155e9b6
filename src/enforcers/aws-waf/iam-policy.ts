import { allowing, type IamStatement } from "../aws/iam-policy.ts"
import { placeOf, type WebAclArn } from "./arn.ts"
import type { WafAction } from "./client.ts"

const allow = allowing<WafAction>("wafv2")

/** The least that keeping these web ACLs needs. */
export function wafStatements(webAcls: readonly WebAclArn[], namePrefix: string): readonly IamStatement[] {
  if (webAcls.length === 0) return []
  const places = [...new Set(webAcls.map(placeOf))]
  const inEach = (...kinds: readonly string[]) => places.flatMap((place) => kinds.map((kind) => `${place}/${kind}`))
  return [
    allow(
      "ReadWebAcls",
      ["GetWebACL"],
      webAcls.map(({ arn }) => arn),
    ),
    // A web ACL is written whole, and IAM asks about everything that its rules refer to, whoever wrote them.
    allow(
      "WriteRules",
      ["UpdateWebACL"],
      [...webAcls.map(({ arn }) => arn), ...inEach("ipset/*", "managedruleset/*", "regexpatternset/*", "rulegroup/*")],
    ),
    allow(
      "KeepOwnIpSets",
      ["CreateIPSet", "DeleteIPSet", "GetIPSet", "UpdateIPSet"],
      inEach(`ipset/${namePrefix}_*/*`),
    ),
    // IAM knows no resource for this.
    allow("FindOwnIpSets", ["ListIPSets"], ["*"]),
  ]
}
