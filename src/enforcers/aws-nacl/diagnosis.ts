import { awsErrorIn } from "../aws/call.ts"
import type { AwsSubject } from "../aws/diagnosis.ts"
import type { NetworkAclArn } from "./config.ts"

export function subjectOf({ arn, id, region }: NetworkAclArn): AwsSubject {
  return {
    title: `network ACL ${id}`,
    service: "EC2",
    region,
    absent: `there is no network ACL ${id} in ${region}; "aws ec2 describe-network-acls --region ${region}" lists those there are`,
    policyCommand: `thwart aws iam-policy --network-acl ${arn}`,
  }
}

export function isFull(thrown: unknown): boolean {
  return awsErrorIn(thrown)?.name === "NetworkAclEntryLimitExceeded"
}

/** True when somebody else changed the same entries: reading again and planning anew will do. */
export function isOutdated(thrown: unknown): boolean {
  return ["NetworkAclEntryAlreadyExists", "InvalidNetworkAclEntry.NotFound"].includes(awsErrorIn(thrown)?.name ?? "")
}

/** True when AWS does not take this entry, whatever else stands there. */
export function isRefusal(thrown: unknown): boolean {
  return ["InvalidParameterValue", "InvalidParameterCombination"].includes(awsErrorIn(thrown)?.name ?? "")
}
