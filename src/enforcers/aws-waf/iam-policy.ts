import { placeOf, type WebAclArn } from "./arn.ts"
import type { WafAction } from "./client.ts"

interface Statement {
  readonly Sid: string
  readonly Effect: "Allow"
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
}

/** What an IAM identity is given, in IAM's own form. */
export interface IamPolicy {
  readonly Version: "2012-10-17"
  readonly Statement: readonly Statement[]
}

/** The least that keeping these web ACLs needs. */
export function iamPolicy(webAcls: readonly WebAclArn[], namePrefix: string): IamPolicy {
  const places = [...new Set(webAcls.map(placeOf))]
  const inEach = (...kinds: readonly string[]) => places.flatMap((place) => kinds.map((kind) => `${place}/${kind}`))
  return {
    Version: "2012-10-17",
    Statement: [
      statement(
        "ReadWebAcls",
        ["GetWebACL"],
        webAcls.map(({ arn }) => arn),
      ),
      // A web ACL is written whole, and IAM asks about everything that its rules refer to, whoever wrote them.
      statement(
        "WriteRules",
        ["UpdateWebACL"],
        [
          ...webAcls.map(({ arn }) => arn),
          ...inEach("ipset/*", "managedruleset/*", "regexpatternset/*", "rulegroup/*"),
        ],
      ),
      statement(
        "KeepOwnIpSets",
        ["CreateIPSet", "DeleteIPSet", "GetIPSet", "UpdateIPSet"],
        inEach(`ipset/${namePrefix}_*/*`),
      ),
      // IAM knows no resource for this.
      statement("FindOwnIpSets", ["ListIPSets"], ["*"]),
    ],
  }
}

function statement(Sid: string, actions: readonly WafAction[], Resource: readonly string[]): Statement {
  return { Sid, Effect: "Allow", Action: actions.map((action) => `wafv2:${action}`), Resource }
}
