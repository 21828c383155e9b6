import { allowing, type IamStatement } from "../aws/iam-policy.ts"
import type { NaclAction } from "./client.ts"
import type { NetworkAclArn } from "./config.ts"

const allow = allowing<NaclAction>("ec2")

/** The least that keeping entries in these network ACLs needs. */
export function naclStatements(networkAcls: readonly NetworkAclArn[]): readonly IamStatement[] {
  if (networkAcls.length === 0) return []
  return [
    allow(
      "WriteNetworkAclEntries",
      ["CreateNetworkAclEntry", "DeleteNetworkAclEntry", "ReplaceNetworkAclEntry"],
      networkAcls.map(({ arn }) => arn),
    ),
    // IAM knows no resource for this.
    allow("ReadNetworkAcls", ["DescribeNetworkAcls"], ["*"]),
  ]
}
