import type { ThwartError } from "../../core/index.ts"
import { awsErrorIn } from "../aws/call.ts"
import { type AwsSubject, awsFailure, diagnose } from "../aws/diagnosis.ts"
import type { WebAclArn } from "./arn.ts"

function subjectOf({ arn, name, id, region, scope }: WebAclArn): AwsSubject {
  return {
    title: `AWS WAF, web ACL ${name}`,
    service: "AWS WAF",
    region,
    absent: `there is no web ACL "${name}" with the id ${id} in ${region} (${scope}); "aws wafv2 list-web-acls --scope ${scope} --region ${region}" lists those there are`,
    policyCommand: `thwart aws iam-policy --web-acl ${arn}`,
  }
}

export function diagnosisOf(thrown: unknown, webAcl: WebAclArn): string {
  return diagnose(thrown, subjectOf(webAcl))
}

export function failureOf(thrown: unknown, webAcl: WebAclArn): ThwartError {
  return awsFailure(thrown, subjectOf(webAcl))
}

/** True when the account or the web ACL has no room, whatever is tried. */
export function isFull(thrown: unknown): boolean {
  const error = awsErrorIn(thrown)
  return (
    error !== undefined &&
    (error.name === "WAFLimitsExceededException" || /exceeded the capacity limit/.test(error.message))
  )
}

/** True when something changed under our hands: reading again and planning anew will do. */
export function isOutdated(thrown: unknown): boolean {
  const error = awsErrorIn(thrown)
  return (
    error !== undefined &&
    [
      "WAFOptimisticLockException",
      "WAFNonexistentItemException",
      "WAFDuplicateItemException",
      "WAFAssociatedItemException",
    ].includes(error.name)
  )
}

/** The one address that the service does not take, as it names it. */
export function badAddressIn(thrown: unknown): string | undefined {
  const error = awsErrorIn(thrown)
  return error?.name === "WAFInvalidParameterException" && error.field === "IP_ADDRESS" ? error.parameter : undefined
}
