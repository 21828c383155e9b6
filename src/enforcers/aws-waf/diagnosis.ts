import { messageOf, ThwartError } from "../../core/index.ts"
import type { WebAclArn } from "./arn.ts"
import { wafErrorIn } from "./client.ts"

/** What went wrong with a web ACL, and what to do about it, as people need it. */
export function diagnosisOf(thrown: unknown, { arn, name, id, region, scope }: WebAclArn): string {
  const error = wafErrorIn(thrown)
  if (error === undefined) return messageOf(thrown)
  const said = error.message
  const denied = /not authorized to perform: (\S+)(?: on resource: (\S+))?/.exec(said)
  if (error.name === "AccessDeniedException" || denied !== null)
    return `the permission ${denied?.[1] ?? "(AWS does not say which)"} is missing${denied?.[2] ? ` on ${denied[2]}` : ""}; "thwart aws iam-policy --web-acl ${arn}" prints all that are needed (AWS said: ${said})`
  switch (error.name) {
    case "CredentialsProviderError":
      return "no AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role"
    case "UnrecognizedClientException":
    case "InvalidClientTokenId":
    case "InvalidSignatureException":
    case "SignatureDoesNotMatch":
      return `AWS does not know the credentials (${said}); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that the clock is right`
    case "ExpiredTokenException":
    case "ExpiredToken":
      return `the AWS credentials have expired (${said}); sign in again, or use a role`
    case "WAFNonexistentItemException":
      return `there is no web ACL "${name}" with the id ${id} in ${region} (${scope}); "aws wafv2 list-web-acls --scope ${scope} --region ${region}" lists those there are`
    case "ThrottlingException":
      return `AWS takes no more calls for the moment (${said}); something else may be changing AWS WAF in this account and region`
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ECONNREFUSED":
    case "ETIMEDOUT":
    case "TimeoutError":
      return `AWS WAF in ${region} can't be reached (${said}); is "${region}" a region, and does the network let this machine out?`
    default:
      return `AWS answered ${error.name}: ${said}`
  }
}

export function failureOf(thrown: unknown, webAcl: WebAclArn): ThwartError {
  if (thrown instanceof ThwartError) return thrown
  // What AWS said stands in the diagnosis.
  const cause = wafErrorIn(thrown) === undefined ? { cause: thrown } : {}
  const what = wafErrorIn(thrown) === undefined ? "it failed" : diagnosisOf(thrown, webAcl)
  return new ThwartError("THWART_AWS_FAILED", `AWS WAF, web ACL ${webAcl.name}: ${what}`, cause)
}

/** True when the account or the web ACL has no room, whatever is tried. */
export function isFull(thrown: unknown): boolean {
  const error = wafErrorIn(thrown)
  return (
    error !== undefined &&
    (error.name === "WAFLimitsExceededException" || /exceeded the capacity limit/.test(error.message))
  )
}

/** True when something changed under our hands: reading again and planning anew will do. */
export function isOutdated(thrown: unknown): boolean {
  const error = wafErrorIn(thrown)
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
  const error = wafErrorIn(thrown)
  return error?.name === "WAFInvalidParameterException" && error.field === "IP_ADDRESS" ? error.parameter : undefined
}
